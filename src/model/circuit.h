// Circuits and streams as tor's control port reported them (control-spec 4.1.1, 4.1.2).
//
// Words that tor chose (status, purpose, reasons, flags) stay strings: an unknown
// one must be kept, never fatal. Empty means not reported.
// Thread: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"

namespace perfd::model {

struct Hop {
  std::string fingerprint;  // 40 hex digits, upper case, no '$'
  std::string nickname;
  WallTime extended_at{};  // when the EXTENDED (or BUILT) event was read; 0: not seen

  friend bool operator==(Hop const&, Hop const&) = default;
};

// A state that a circuit or a stream entered, when perfd read the event.
struct StateChange {
  WallTime at{};
  std::string status;  // LAUNCHED, BUILT, …; PURPOSE_CHANGED and CANNIBALIZED for CIRC_MINOR
  // For a purpose change: the new purpose, and the HS_STATE if there is one; for a stream: the
  // circuit id; for a stream's REMAP: the new target.
  std::string detail;

  friend bool operator==(StateChange const&, StateChange const&) = default;
};

struct Circuit {
  std::uint64_t id = 0;       // tor's; unique only within one run of one tor
  std::string instance;       // the tor instance's name
  std::uint64_t tor_run = 0;  // tells the starts of that instance apart: the id is unique in a run
  WallTime launched_at{};     // TIME_CREATED where reported, else the LAUNCHED event
  std::string purpose;        // the latest
  std::string build_flags;
  std::string hs_state;
  std::string rend_query;  // onion address without ".onion"
  std::string hs_pow;      // proof of work to an onion service, "v1,EFFORT"
  std::string conflux_id;  // legs of one conflux set share it
  std::optional<Micros> conflux_rtt;
  std::string socks_username;
  std::vector<Hop> path;
  std::vector<StateChange> states;
  std::optional<WallTime> built_at;
  std::optional<WallTime> closed_at;  // CLOSED or FAILED
  bool failed = false;
  std::string reason;
  std::string remote_reason;
  std::optional<Micros> build_timeout;  // tor's circuit build time-out when it was launched
  std::optional<double> timeout_quantile;

  friend bool operator==(Circuit const&, Circuit const&) = default;
};

// A stream's stay on one circuit; a stream may be detached and attached again.
struct Attachment {
  std::uint64_t circuit_id = 0;
  WallTime attached_at{};
  std::optional<WallTime> detached_at;
  std::string reason;  // why it was detached, or the stream's end on it
  std::string remote_reason;

  friend bool operator==(Attachment const&, Attachment const&) = default;
};

struct Stream {
  std::uint64_t id = 0;
  std::string instance;
  std::uint64_t tor_run = 0;
  WallTime created_at{};       // the NEW or NEWRESOLVE event
  std::string target;          // host:port as tor knows it
  std::string source_address;  // host:port of the SOCKS client
  std::string purpose;
  std::string socks_username;
  std::string client_protocol;
  std::string isolation;  // ISO_FIELDS, SESSION_GROUP and NYM_EPOCH as reported
  std::vector<StateChange> states;
  std::vector<Attachment> attachments;  // in the order of attachment
  std::optional<WallTime> closed_at;
  bool failed = false;
  std::string reason;
  std::string remote_reason;
  std::uint64_t bytes_read = 0;  // sums of STREAM_BW; without what came after the last one
  std::uint64_t bytes_written = 0;

  friend bool operator==(Stream const&, Stream const&) = default;
};

}  // namespace perfd::model
