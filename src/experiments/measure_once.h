// One measurement over one connection: a download, an upload or a name to resolve, every step of
// it marked, and a record whatever happens.
//
// What it needs first, a published onion service, a circuit of chosen relays or the digest of what
// it uploads, is waited for before START; the circuit's own times and the service's tell how long
// that took.
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
#include "experiments/onion_port.h"
#include "experiments/path_port.h"
#include "experiments/server_marks.h"
#include "experiments/stream_join.h"
#include "model/measurement.h"
#include "net/transfer.h"
#include "runtime/loop.h"
#include "runtime/pool.h"

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
  // Sets of fingerprints from guard to exit, of which a relay each is taken at random; with
  // MeasurementPorts::path.
  std::vector<std::vector<std::string>> hops;
  bool fresh_service = false;  // with MeasurementPorts::onion: a new service for this measurement
  // Of somebody else's onion service, without suffix, so that the way to it is told. `host` of
  // perfd's own comes from MeasurementPorts::onion.
  std::string onion;

  Micros timeout{std::chrono::seconds{295}};
  Micros tor_wait{std::chrono::seconds{2}};       // for the stream's last events
  Micros server_wait{std::chrono::seconds{2}};    // for the server's marks
  Micros publish_wait{std::chrono::seconds{30}};  // for an onion service's first descriptor
};

// What a measurement needs beside its spec; all outlive it.
struct MeasurementPorts {
  runtime::Loop& loop;
  StreamJoin* tor = nullptr;       // null: a foreign proxy, or none
  ServerMarks* server = nullptr;   // null: a foreign server
  runtime::Event* stop = nullptr;  // set: the measurement ends at once, as PERFD_CANCELLED
  OnionPort* onion = nullptr;      // the far end is perfd's own onion service
  PathPort* path = nullptr;        // the circuit is one of chosen relays
  runtime::Pool* pool = nullptr;  // for the digests of uploads; null: on the loop, which they block
};

// The record as it stands before the first step, to be stored as "started".
[[nodiscard]] model::Measurement started_record(MeasurementSpec const& spec, WallTime started_at);

[[nodiscard]] runtime::Task<model::Measurement> measure_once(MeasurementPorts ports,
                                                             MeasurementSpec spec);

}  // namespace perfd::experiments
