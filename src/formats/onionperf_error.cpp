// perfd's failures in OnionPerf's words: "TGEN/<transport error>", or "TOR" with the
// reasons of tor's stream, as in "TOR/END/TIMEOUT".
#include <array>

#include "formats/tpf.h"

namespace perfd::formats {
namespace {

using model::FailureCode;

struct Row {
  FailureCode code;
  std::string_view word;
};

// The first row of a word is what the word is read back as. "TOR" words get the
// stream's reasons appended where tor gave them, otherwise what stands here.
constexpr std::array kRows = {
    Row{FailureCode::socks_general_failure, "TOR"},
    Row{FailureCode::tor_down, "TOR"},
    Row{FailureCode::tor_not_bootstrapped, "TOR"},
    Row{FailureCode::tor_control, "TOR"},
    Row{FailureCode::tor_circuit, "TOR"},
    Row{FailureCode::tor_service_down, "TOR"},
    Row{FailureCode::tor_service_unpublished, "TOR"},
    Row{FailureCode::socks_refused, "TGEN/CONNECT"},
    Row{FailureCode::socks_protocol, "TGEN/PROXY"},
    Row{FailureCode::socks_auth, "TGEN/AUTH"},
    Row{FailureCode::socks_not_allowed, "TOR/END/EXITPOLICY"},
    Row{FailureCode::socks_network_unreachable, "TOR/END/NOROUTE"},
    Row{FailureCode::socks_host_unreachable, "TOR/RESOLVEFAILED"},
    Row{FailureCode::socks_connection_refused, "TOR/END/CONNECTREFUSED"},
    Row{FailureCode::socks_ttl_expired, "TOR/TIMEOUT"},
    Row{FailureCode::socks_command_unsupported, "TOR"},
    Row{FailureCode::socks_address_unsupported, "TOR"},
    Row{FailureCode::socks_onion_not_found, "TOR/RESOLVEFAILED"},
    Row{FailureCode::socks_onion_invalid, "TOR/RESOLVEFAILED"},
    Row{FailureCode::socks_onion_intro_failed, "TOR/RESOLVEFAILED"},
    Row{FailureCode::socks_onion_rend_failed, "TOR/RESOLVEFAILED"},
    Row{FailureCode::socks_onion_auth_missing, "TOR/RESOLVEFAILED"},
    Row{FailureCode::socks_onion_auth_bad, "TOR/RESOLVEFAILED"},
    Row{FailureCode::socks_onion_bad_address, "TOR/RESOLVEFAILED"},
    Row{FailureCode::socks_onion_intro_timeout, "TOR/TIMEOUT"},
    Row{FailureCode::socks_rejected, "TOR"},
    Row{FailureCode::socks_other, "TOR"},
    Row{FailureCode::net_timeout, "TGEN/TIMEOUT"},
    Row{FailureCode::net_closed, "TGEN/READ"},
    Row{FailureCode::http_truncated, "TGEN/READ"},
    Row{FailureCode::net_reset, "TGEN/READ"},
    Row{FailureCode::net_io, "TGEN/MISC"},
    Row{FailureCode::http_status, "TGEN/MISC"},
    Row{FailureCode::http_malformed, "TGEN/MISC"},
    Row{FailureCode::http_wrong_length, "TGEN/MISC"},
    Row{FailureCode::http_corrupted, "TGEN/MISC"},
    Row{FailureCode::net_refused, "TGEN/CONNECT"},
    Row{FailureCode::net_unreachable, "TGEN/CONNECT"},
    Row{FailureCode::browser_not_started, "TGEN/MISC"},
    Row{FailureCode::browser_died, "TGEN/MISC"},
    Row{FailureCode::browser_crashed, "TGEN/MISC"},
    Row{FailureCode::browser_hung, "TGEN/MISC"},
    Row{FailureCode::browser_protocol, "TGEN/MISC"},
    Row{FailureCode::browser_navigation, "TGEN/MISC"},
    Row{FailureCode::perfd_internal, "TGEN/MISC"},
    Row{FailureCode::perfd_aborted, "TGEN/MISC"},
    Row{FailureCode::perfd_cancelled, "TGEN/MISC"},
    Row{FailureCode::perfd_missed_slot, "TGEN/MISC"},
};

// Words that only others write.
constexpr std::array kForeign = {
    Row{FailureCode::net_timeout, "TGEN/STALLOUT"},
    Row{FailureCode::net_io, "TGEN/WRITE"},
    Row{FailureCode::socks_ttl_expired, "TOR/END/TIMEOUT"},
    Row{FailureCode::socks_ttl_expired, "TOR/DESTROY"},
    Row{FailureCode::socks_ttl_expired, "TOR/CANT_ATTACH"},
};

// A reason may hold only what a word of a file may hold.
bool is_reason(std::string_view text) {
  return !text.empty() && text.size() <= 40 &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string_view::npos;
}

}  // namespace

std::string onionperf_error(model::Measurement const& measurement) {
  auto const code = measurement.outcome.code;
  if (code == FailureCode::ok) return {};
  std::string word = "TGEN/MISC";
  for (auto const& row : kRows)
    if (row.code == code) word = row.word;
  auto const& stream = measurement.tor.stream;
  if (!word.starts_with("TOR") || !stream || !is_reason(stream->reason)) return word;
  word = "TOR/" + stream->reason;
  if (is_reason(stream->remote_reason)) word += "/" + stream->remote_reason;
  return word;
}

FailureCode failure_from_onionperf(std::string_view word) {
  for (auto const& row : kRows)
    if (row.word == word) return row.code;
  for (auto const& row : kForeign)
    if (row.word == word) return row.code;
  return word.starts_with("TOR") ? FailureCode::socks_general_failure : FailureCode::net_io;
}

}  // namespace perfd::formats
