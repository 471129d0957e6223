// Asynchronous events of tor as values (control-spec 4.1).
//
// Tolerant: words that tor chose stay strings, whatever an event has beside the
// expected is kept in `rest`, an event that nobody knows is Unknown, and a known one
// whose required words are missing or wrong is Malformed; nothing is fatal.
// A keyword whose value can't be read stays unset and is found in `rest`.
// Thread: values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/units.h"
#include "wire/torctl/reply.h"
#include "wire/torctl/text.h"

namespace perfd::wire::torctl {

// CIRC (4.1.1) and CIRC_MINOR (4.1.19) describe a circuit in the same way.
struct CircuitReport {
  std::uint64_t id = 0;
  std::string status;  // LAUNCHED, EXTENDED, BUILT, GUARD_WAIT, FAILED, CLOSED; of
                       // CIRC_MINOR: PURPOSE_CHANGED, CANNIBALIZED
  std::vector<RelayName> path;
  std::string build_flags;
  std::string purpose;
  std::string hs_state;
  std::string rend_query;
  std::string hs_pow;                    // "v1,EFFORT"
  std::optional<WallTime> time_created;  // creation or cannibalization, on tor's clock
  std::string reason;
  std::string remote_reason;
  std::string socks_username;
  std::string socks_password;
  std::string conflux_id;
  std::optional<Micros> conflux_rtt;
  std::string old_purpose;  // of CIRC_MINOR
  std::string old_hs_state;
  Keywords rest;
};
struct Circ : CircuitReport {};
struct CircMinor : CircuitReport {};

struct Stream {  // 4.1.2
  std::uint64_t id = 0;
  std::string status;         // NEW, NEWRESOLVE, REMAP, SENTCONNECT, …
  std::uint64_t circuit = 0;  // 0: not attached
  std::string target;
  std::string reason;
  std::string remote_reason;
  std::string source;          // of REMAP: CACHE or EXIT
  std::string source_address;  // only with NEW and NEWRESOLVE
  std::string purpose;
  std::string socks_username;
  std::string socks_password;
  std::string client_protocol;
  std::string nym_epoch;
  std::string session_group;
  std::string iso_fields;
  Keywords rest;
};

struct StreamBw {  // 4.1.13
  std::uint64_t id = 0;
  std::uint64_t written = 0;  // bytes that the application wrote
  std::uint64_t read = 0;
  std::optional<WallTime> time;
  Keywords rest;
};

struct CircBw {  // 4.1.22; with conflux one event a cell, so never while measuring
  std::uint64_t id = 0;
  std::uint64_t read = 0;
  std::uint64_t written = 0;
  std::optional<WallTime> time;
  std::uint64_t delivered_read = 0;
  std::uint64_t overhead_read = 0;
  std::uint64_t delivered_written = 0;
  std::uint64_t overhead_written = 0;
  std::optional<bool> slow_start;
  std::optional<std::uint64_t> congestion_window;  // cells
  std::optional<Micros> rtt;
  std::optional<Micros> min_rtt;
  Keywords rest;
};

struct Bw {  // 4.1.4
  std::uint64_t read = 0;
  std::uint64_t written = 0;
  Keywords rest;
};

struct BuildTimeoutSet {  // 4.1.16
  std::string type;       // COMPUTED, RESET, SUSPENDED, DISCARD, RESUME
  std::optional<std::uint64_t> total_times;
  std::optional<Micros> timeout;
  std::optional<Micros> xm;
  std::optional<double> alpha;
  std::optional<double> cutoff_quantile;
  std::optional<double> timeout_rate;
  std::optional<Micros> close;
  std::optional<double> close_rate;
  Keywords rest;
};

struct Guard {       // 4.1.11
  std::string type;  // ENTRY
  RelayName relay;
  std::string status;  // NEW, UP, DOWN, BAD, GOOD, DROPPED
  Keywords rest;
};

struct OrConn {        // 4.1.3
  std::string target;  // a relay's name, or address:port of an incoming one
  std::string status;  // NEW, LAUNCHED, CONNECTED, FAILED, CLOSED
  std::string reason;
  std::optional<std::uint64_t> circuits;
  std::optional<std::uint64_t> id;
  Keywords rest;

  [[nodiscard]] RelayName relay() const { return parse_relay_name(target); }
};

struct NewConsensus {};  // 4.1.15: the body is not kept

// STATUS_CLIENT and STATUS_GENERAL (4.1.10)
struct StatusReport {
  std::string severity;  // NOTICE, WARN, ERR
  std::string action;    // BOOTSTRAP, CIRCUIT_ESTABLISHED, CLOCK_JUMPED, …
  Keywords arguments;
};
struct StatusClient : StatusReport {};
struct StatusGeneral : StatusReport {};

struct NetworkLiveness {  // 4.1.27
  std::string status;     // UP, DOWN
};

struct HsDesc {         // 4.1.25
  std::string action;   // REQUESTED, UPLOAD, RECEIVED, UPLOADED, IGNORE, FAILED, CREATED
  std::string address;  // without ".onion"
  std::string auth_type;
  std::string hs_dir;
  std::string descriptor_id;
  std::string reason;
  std::string replica;
  std::string hs_dir_index;
  Keywords rest;
};

// Whether it tells of a service's descriptor on its way to the directories, not of a client's that
// fetches one. Failures of both may have the reason UNEXPECTED; only a client's name the
// descriptor.
[[nodiscard]] bool is_publishing(HsDesc const& event);

struct HsDescContent {  // 4.1.26
  std::string address;
  std::string descriptor_id;
  std::string hs_dir;
  std::string descriptor;  // up to the reader's limit
  bool truncated = false;
  Keywords rest;
};

struct ConfChanged {  // 4.1.18: options with their new values; without one: at the default
  std::vector<std::pair<std::string, std::optional<std::string>>> options;
};

struct AddrMap {  // 4.1.7
  std::string address;
  std::string new_address;  // "<error>" where there is none
  std::string expiry;       // local time, or NEVER
  std::string error;
  std::string expires;  // UTC
  std::string cached;
  std::string stream_id;
  Keywords rest;
};

struct Unknown {
  std::string keyword;
  std::string raw;
};

struct Malformed {
  std::string keyword;
  std::string raw;
  std::string error;
};

using Event = std::variant<Circ, CircMinor, Stream, StreamBw, CircBw, Bw, BuildTimeoutSet, Guard,
                           OrConn, NewConsensus, StatusClient, StatusGeneral, NetworkLiveness,
                           HsDesc, HsDescContent, ConfChanged, AddrMap, Unknown, Malformed>;

// REQUIRES: reply.is_event(). `raw` of Unknown and Malformed is the whole text.
[[nodiscard]] Event parse_event(Reply const& reply);

// GETINFO circuit-status and stream-status: one object a line; lines that are none are left out.
[[nodiscard]] std::vector<Circ> parse_circuit_status(std::string_view value);
[[nodiscard]] std::vector<Stream> parse_stream_status(std::string_view value);

// How far tor is on its way to the first circuit (5.5).
struct Bootstrap {
  int progress = 0;  // percent
  std::string tag;
  std::string summary;
  std::string warning;  // the last three only when something is in the way
  std::string reason;
  std::string host;  // "$FINGERPRINT at address:port", as far as reported
};
// nullopt where the status is about something else.
[[nodiscard]] std::optional<Bootstrap> bootstrap_of(StatusReport const& status);
// The value of GETINFO status/bootstrap-phase.
[[nodiscard]] std::optional<Bootstrap> parse_bootstrap_phase(std::string_view value);

}  // namespace perfd::wire::torctl
