// One run of an experiment, with everything that was seen of it.
// Thread: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "model/allocation.h"
#include "model/circuit.h"
#include "model/guards.h"
#include "model/mark.h"
#include "model/onion.h"
#include "model/outcome.h"
#include "model/page.h"

namespace perfd::model {

enum class Kind : std::uint8_t { download, upload, page, allocation, resolve };

[[nodiscard]] std::string_view name(Kind kind);
[[nodiscard]] std::optional<Kind> kind_from(std::string_view name);

// One end of a connection; empty members are not known.
struct Endpoint {
  std::string host;     // the name that was used, if there was one
  std::string address;  // numeric
  std::uint16_t port = 0;

  [[nodiscard]] bool empty() const { return host.empty() && address.empty() && port == 0; }
  friend bool operator==(Endpoint const&, Endpoint const&) = default;
};

// What tor's control port told about the measurement.
struct TorView {
  std::string instance;  // name of the tor instance; empty without one
  std::string version;   // GETINFO version
  std::optional<WallTime> consensus_valid_after;
  std::optional<Micros> build_timeout;  // CBT in force at the start
  std::optional<double> timeout_quantile;
  bool build_timeout_learned = false;  // BUILDTIMEOUT_SET COMPUTED was seen
  std::optional<GuardsInForce> guards;
  std::string guard;  // fingerprint of the first hop that carried the stream
  std::optional<Stream> stream;
  std::vector<Circuit>
      circuits;  // of the stream, in the order of attachment; conflux legs follow theirs
  std::optional<OnionView> onion;  // of a measurement of an onion service
  bool chosen_path = false;        // perfd built the circuit and attached the stream to it

  friend bool operator==(TorView const&, TorView const&) = default;
};

// Which turn of an interleaved A/B experiment a measurement was: seed, turn and the number of arms
// tell the arm.
struct ArmTurn {
  std::uint64_t seed = 0;
  std::int64_t turn = 0;
  std::int64_t arms = 0;

  friend bool operator==(ArmTurn const&, ArmTurn const&) = default;
};

struct Measurement {
  std::string id;      // base/id.h
  std::string source;  // the vantage point's name
  std::string experiment;
  Kind kind = Kind::download;
  std::string target = "direct";  // direct, onion, single-onion, or a URL
  std::string arm;                // of an A/B experiment; else empty
  std::optional<ArmTurn> arm_turn;
  std::string guards = "default";  // guard policy of the tor instance
  std::string perfd_version;

  Outcome outcome;
  WallTime scheduled_at{};
  WallTime started_at{};
  Marks marks;   // the client's, which are Torperf's
  Marks server;  // the measurement server's, on its own clock

  std::int64_t filesize = 0;       // payload bytes asked for
  std::int64_t payload_bytes = 0;  // payload bytes that came and were verified
  std::int64_t readbytes = 0;      // bytes read from the SOCKS connection, all of them
  std::int64_t writebytes = 0;
  std::optional<int> socks_reply;  // the proxy's reply code
  std::optional<int> http_status;
  int socks_version = 5;
  bool optimistic = false;

  Endpoint local;        // our end of the SOCKS connection
  Endpoint proxy;        // the SOCKS port
  Endpoint remote;       // the server as asked for
  std::string resolved;  // answer of a resolve measurement

  TorView tor;
  std::optional<Allocation> allocation;  // of a series
  std::optional<PageLoad> page;          // of a page load

  friend bool operator==(Measurement const&, Measurement const&) = default;
};

}  // namespace perfd::model
