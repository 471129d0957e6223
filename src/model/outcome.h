// How a measurement ended: "ok", or one of a closed list of failures.
//
// The list is closed so that failures can be counted over years: fields and codes
// are added, never renamed or removed. `operation` says during which step, `detail`
// keeps the raw text (a SOCKS reply, an errno, a tor reason), made printable.
// Thread: values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace perfd::model {

enum class FailureCode : std::uint8_t {
  ok,
  // tor as a process or as a network
  tor_down,                 // no tor process, or it ended under the measurement
  tor_not_bootstrapped,     // tor runs but has no circuit to offer yet
  tor_control,              // the control connection failed or answered nonsense
  tor_circuit,              // a circuit that perfd asked for was not built
  tor_service_down,         // the tor that offers the onion service does not run, or ended
  tor_service_unpublished,  // the onion service has no descriptor at a directory yet
  // the SOCKS proxy's answer (RFC 1928 and tor's socks-extensions)
  socks_refused,              // no connection to the SOCKS port
  socks_protocol,             // not SOCKS, or broken SOCKS
  socks_auth,                 // no acceptable method, or credentials rejected
  socks_general_failure,      // 0x01
  socks_not_allowed,          // 0x02
  socks_network_unreachable,  // 0x03
  socks_host_unreachable,     // 0x04
  socks_connection_refused,   // 0x05
  socks_ttl_expired,          // 0x06
  socks_command_unsupported,  // 0x07
  socks_address_unsupported,  // 0x08
  socks_onion_not_found,      // 0xF0
  socks_onion_invalid,        // 0xF1
  socks_onion_intro_failed,   // 0xF2
  socks_onion_rend_failed,    // 0xF3
  socks_onion_auth_missing,   // 0xF4
  socks_onion_auth_bad,       // 0xF5
  socks_onion_bad_address,    // 0xF6
  socks_onion_intro_timeout,  // 0xF7
  socks_rejected,             // SOCKS 4: 0x5B and up
  socks_other,                // any other reply code; the number is in the detail
  // the HTTP exchange
  http_status,        // a status other than the one expected
  http_malformed,     // not HTTP, or a head over the bounds
  http_truncated,     // the connection ended before the announced length
  http_corrupted,     // payload differs from what was sent
  http_wrong_length,  // announced length differs from the one asked for
  // the transport
  net_timeout,  // the measurement's deadline passed
  net_refused,
  net_reset,
  net_closed,  // orderly end where more was due
  net_unreachable,
  net_io,  // any other error of the system; errno is in the detail
  // the browser of a page load
  browser_not_started,  // no browser came up in time
  browser_died,         // it ended in the middle, or its connection was lost
  browser_crashed,      // the page's own process ended
  browser_hung,         // the page or the browser did not answer any more
  browser_protocol,     // not WebDriver BiDi, or a command was refused
  browser_navigation,   // no page came; the detail has the browser's word
  // perfd itself
  perfd_aborted,      // perfd died while this ran; found at the next start
  perfd_cancelled,    // perfd was told to stop while this ran
  perfd_missed_slot,  // a scheduled run did not start in time
  perfd_internal,     // a bug or a lack of resources in perfd; the log has more
};

// "ok", "TOR_DOWN", "SOCKS_HOST_UNREACHABLE", …
[[nodiscard]] std::string_view name(FailureCode code);
[[nodiscard]] std::optional<FailureCode> failure_code(std::string_view name);
[[nodiscard]] std::span<const FailureCode> all_failure_codes();

struct Outcome {
  FailureCode code = FailureCode::ok;
  std::string operation;  // "socks connect", "http response", …; empty when ok
  std::string detail;

  [[nodiscard]] bool ok() const { return code == FailureCode::ok; }
  friend bool operator==(Outcome const&, Outcome const&) = default;
};

}  // namespace perfd::model
