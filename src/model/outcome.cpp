#include "model/outcome.h"

#include <array>

namespace perfd::model {
namespace {

struct Row {
  FailureCode code;
  std::string_view name;
};

// In the order of the enumeration, so that a code is its own index.
constexpr std::array kRows = {
    Row{FailureCode::ok, "ok"},
    Row{FailureCode::tor_down, "TOR_DOWN"},
    Row{FailureCode::tor_not_bootstrapped, "TOR_NOT_BOOTSTRAPPED"},
    Row{FailureCode::tor_control, "TOR_CONTROL"},
    Row{FailureCode::tor_circuit, "TOR_CIRCUIT"},
    Row{FailureCode::tor_service_down, "TOR_SERVICE_DOWN"},
    Row{FailureCode::tor_service_unpublished, "TOR_SERVICE_UNPUBLISHED"},
    Row{FailureCode::socks_refused, "SOCKS_REFUSED"},
    Row{FailureCode::socks_protocol, "SOCKS_PROTOCOL"},
    Row{FailureCode::socks_auth, "SOCKS_AUTH"},
    Row{FailureCode::socks_general_failure, "SOCKS_GENERAL_FAILURE"},
    Row{FailureCode::socks_not_allowed, "SOCKS_NOT_ALLOWED"},
    Row{FailureCode::socks_network_unreachable, "SOCKS_NETWORK_UNREACHABLE"},
    Row{FailureCode::socks_host_unreachable, "SOCKS_HOST_UNREACHABLE"},
    Row{FailureCode::socks_connection_refused, "SOCKS_CONNECTION_REFUSED"},
    Row{FailureCode::socks_ttl_expired, "SOCKS_TTL_EXPIRED"},
    Row{FailureCode::socks_command_unsupported, "SOCKS_COMMAND_UNSUPPORTED"},
    Row{FailureCode::socks_address_unsupported, "SOCKS_ADDRESS_UNSUPPORTED"},
    Row{FailureCode::socks_onion_not_found, "SOCKS_ONION_NOT_FOUND"},
    Row{FailureCode::socks_onion_invalid, "SOCKS_ONION_INVALID"},
    Row{FailureCode::socks_onion_intro_failed, "SOCKS_ONION_INTRO_FAILED"},
    Row{FailureCode::socks_onion_rend_failed, "SOCKS_ONION_REND_FAILED"},
    Row{FailureCode::socks_onion_auth_missing, "SOCKS_ONION_AUTH_MISSING"},
    Row{FailureCode::socks_onion_auth_bad, "SOCKS_ONION_AUTH_BAD"},
    Row{FailureCode::socks_onion_bad_address, "SOCKS_ONION_BAD_ADDRESS"},
    Row{FailureCode::socks_onion_intro_timeout, "SOCKS_ONION_INTRO_TIMEOUT"},
    Row{FailureCode::socks_rejected, "SOCKS_REJECTED"},
    Row{FailureCode::socks_other, "SOCKS_OTHER"},
    Row{FailureCode::http_status, "HTTP_STATUS"},
    Row{FailureCode::http_malformed, "HTTP_MALFORMED"},
    Row{FailureCode::http_truncated, "HTTP_TRUNCATED"},
    Row{FailureCode::http_corrupted, "HTTP_CORRUPTED"},
    Row{FailureCode::http_wrong_length, "HTTP_WRONG_LENGTH"},
    Row{FailureCode::net_timeout, "NET_TIMEOUT"},
    Row{FailureCode::net_refused, "NET_REFUSED"},
    Row{FailureCode::net_reset, "NET_RESET"},
    Row{FailureCode::net_closed, "NET_CLOSED"},
    Row{FailureCode::net_unreachable, "NET_UNREACHABLE"},
    Row{FailureCode::net_io, "NET_IO"},
    Row{FailureCode::browser_not_started, "BROWSER_NOT_STARTED"},
    Row{FailureCode::browser_died, "BROWSER_DIED"},
    Row{FailureCode::browser_crashed, "BROWSER_CRASHED"},
    Row{FailureCode::browser_hung, "BROWSER_HUNG"},
    Row{FailureCode::browser_protocol, "BROWSER_PROTOCOL"},
    Row{FailureCode::browser_navigation, "BROWSER_NAVIGATION"},
    Row{FailureCode::perfd_aborted, "PERFD_ABORTED"},
    Row{FailureCode::perfd_cancelled, "PERFD_CANCELLED"},
    Row{FailureCode::perfd_missed_slot, "PERFD_MISSED_SLOT"},
    Row{FailureCode::perfd_internal, "PERFD_INTERNAL"},
};

constexpr auto kCodes = [] {
  std::array<FailureCode, kRows.size()> codes{};
  for (std::size_t i = 0; i < kRows.size(); ++i) codes[i] = kRows[i].code;
  return codes;
}();

static_assert([] {
  for (std::size_t i = 0; i < kRows.size(); ++i)
    if (static_cast<std::size_t>(kRows[i].code) != i) return false;
  return true;
}());

}  // namespace

std::string_view name(FailureCode code) { return kRows.at(static_cast<std::size_t>(code)).name; }

std::optional<FailureCode> failure_code(std::string_view name) {
  for (auto const& row : kRows)
    if (row.name == name) return row.code;
  return std::nullopt;
}

std::span<const FailureCode> all_failure_codes() { return kCodes; }

}  // namespace perfd::model
