// One measurement over one connection: a download, an upload or a name to resolve, every step of
// it marked, and a record whatever happens.
//
// The record is always returned. A time-out, a failure and a stop keep the marks that were
// reached; only a bug throws. There is one deadline for the whole measurement; behind it,
// short waits let tor's events and the server's marks come in.
// Thread: the measuring loop's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/units.h"
#include "experiments/server_marks.h"
#include "experiments/stream_join.h"
#include "model/measurement.h"
#include "net/transfer.h"
#include "runtime/loop.h"

namespace perfd::experiments {

struct MeasurementSpec {
  model::Kind kind = model::Kind::download;  // or upload, or resolve
  // Copied into the record.
  std::string id;  // base/id.h; made by the caller, so that "started" can be stored first
  std::string source;
  std::string experiment;
  std::string target = "direct";  // direct, onion, single-onion, or a URL
  std::string arm;
  std::optional<model::ArmTurn> arm_turn;
  std::string guards = "default";
  std::string perfd_version;
  WallTime scheduled_at{};  // the epoch: not scheduled; the start is taken

  std::optional<runtime::Address> proxy;  // SOCKS port; none: directly, for benches
  wire::socks::Version socks_version = wire::socks::Version::kSocks5;
  // Isolates the measurement on a circuit of its own; empty: the id. Experiments on a
  // shared circuit give the same one to several measurements.
  std::string username;
  // False for a foreign proxy that breaks at a user name: SOCKS 5 then offers nothing but "no
  // authentication". Where a name is sent, tor must take it; a foreign proxy may pass it by.
  bool send_username = true;
  std::string host;  // of the server, as the proxy gets it
  std::uint16_t port = 80;
  std::string path;        // empty: "/urandom/<size>", or "/upload"
  std::string host_field;  // empty: from host and port
  Bytes size{0};           // payload to expect or to send; 0: whatever the server sends
  std::string query;       // resolve: a name, or
  bool reverse = false;    // an address whose name is asked for (SOCKS 5 only)
  bool own_server = true;  // perfd's: sends the id, and payload that can't be verified fails
  bool optimistic = false;

  Micros timeout{std::chrono::seconds{295}};
  Micros tor_wait{std::chrono::seconds{2}};     // for the stream's last events
  Micros server_wait{std::chrono::seconds{2}};  // for the server's marks
};

// What a measurement needs beside its spec; all outlive it.
struct MeasurementPorts {
  runtime::Loop& loop;
  StreamJoin* tor = nullptr;       // null: a foreign proxy, or none
  ServerMarks* server = nullptr;   // null: a foreign server
  runtime::Event* stop = nullptr;  // set: the measurement ends at once, as PERFD_CANCELLED
};

// The record as it stands before the first step, to be stored as "started".
[[nodiscard]] model::Measurement started_record(MeasurementSpec const& spec, WallTime started_at);

[[nodiscard]] runtime::Task<model::Measurement> measure_once(MeasurementPorts ports,
                                                             MeasurementSpec spec);

}  // namespace perfd::experiments
