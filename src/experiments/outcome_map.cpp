#include "experiments/outcome_map.h"

#include "base/text.h"
#include "runtime/deadline.h"

namespace perfd::experiments {
namespace {

using model::FailureCode;
using net::Errc;

constexpr std::size_t kMaxDetail = 300;

FailureCode code_of(Error const& error, net::TransferTrace const& trace) {
  if (runtime::is_timeout(error)) return FailureCode::net_timeout;
  if (error.code.category() != net::category()) return FailureCode::perfd_internal;
  switch (static_cast<Errc>(error.code.value())) {
    case Errc::kBadSpec:
      return FailureCode::perfd_internal;
    case Errc::kProxyRefused:
      return FailureCode::socks_refused;
    case Errc::kRefused:
      return FailureCode::net_refused;
    case Errc::kUnreachable:
      return FailureCode::net_unreachable;
    case Errc::kReset:
      return FailureCode::net_reset;
    case Errc::kClosed:
      return FailureCode::net_closed;
    case Errc::kIo:
      return FailureCode::net_io;
    case Errc::kSocksProtocol:
      return FailureCode::socks_protocol;
    case Errc::kSocksAuth:
      return FailureCode::socks_auth;
    case Errc::kSocksRejected:
      return trace.socks_reply ? socks_failure(*trace.socks_reply) : FailureCode::socks_other;
    case Errc::kHttpMalformed:
      return FailureCode::http_malformed;
    case Errc::kHttpStatus:
      return FailureCode::http_status;
    case Errc::kWrongLength:
    case Errc::kTooLarge:
      return FailureCode::http_wrong_length;
    case Errc::kTruncated:
      return FailureCode::http_truncated;
    case Errc::kCorrupted:
      return FailureCode::http_corrupted;
  }
  return FailureCode::perfd_internal;
}

// Failures that a tor which ended under the measurement causes.
bool is_lost_connection(FailureCode code) {
  switch (code) {
    case FailureCode::socks_refused:
    case FailureCode::net_refused:
    case FailureCode::net_reset:
    case FailureCode::net_closed:
    case FailureCode::net_io:
    case FailureCode::net_timeout:
    case FailureCode::http_truncated:
      return true;
    default:
      return false;
  }
}

std::string with(std::string const& tor_detail, std::string const& detail) {
  if (tor_detail.empty()) return detail;
  return detail.empty() ? tor_detail : tor_detail + "; " + detail;
}

}  // namespace

model::FailureCode socks_failure(int reply) {
  switch (reply) {
    case 0x01:
      return FailureCode::socks_general_failure;
    case 0x02:
      return FailureCode::socks_not_allowed;
    case 0x03:
      return FailureCode::socks_network_unreachable;
    case 0x04:
      return FailureCode::socks_host_unreachable;
    case 0x05:
      return FailureCode::socks_connection_refused;
    case 0x06:
      return FailureCode::socks_ttl_expired;
    case 0x07:
      return FailureCode::socks_command_unsupported;
    case 0x08:
      return FailureCode::socks_address_unsupported;
    case 0xF0:
      return FailureCode::socks_onion_not_found;
    case 0xF1:
      return FailureCode::socks_onion_invalid;
    case 0xF2:
      return FailureCode::socks_onion_intro_failed;
    case 0xF3:
      return FailureCode::socks_onion_rend_failed;
    case 0xF4:
      return FailureCode::socks_onion_auth_missing;
    case 0xF5:
      return FailureCode::socks_onion_auth_bad;
    case 0xF6:
      return FailureCode::socks_onion_bad_address;
    case 0xF7:
      return FailureCode::socks_onion_intro_timeout;
    default:
      break;
  }
  // SOCKS 4's refusals: 0x5B and up, of which three have a name.
  return reply >= 0x5B && reply <= 0x5D ? FailureCode::socks_rejected : FailureCode::socks_other;
}

model::Outcome outcome_of(Ending ending, std::optional<Error> const& error,
                          net::TransferTrace const& trace, std::optional<StreamJoin::State> tor,
                          std::string const& tor_detail) {
  if (ending == Ending::finished && !error) return {};
  model::Outcome out;
  out.operation = std::string(net::name(trace.step));
  if (ending == Ending::stopped) {
    out.code = FailureCode::perfd_cancelled;
    out.detail = "perfd was told to stop";
    return out;
  }
  if (ending == Ending::deadline) {
    out.code = FailureCode::net_timeout;
    out.detail = trace.handed_bytes > 0
                     ? "the deadline passed after " + std::to_string(trace.handed_bytes) +
                           " bytes of the upload were handed over"
                     : "the deadline passed after " + std::to_string(trace.payload_bytes) +
                           " bytes of payload";
  } else {
    out.code = code_of(*error, trace);
    out.detail = error->message;
  }
  if (tor == StreamJoin::State::down && is_lost_connection(out.code)) {
    out.code = FailureCode::tor_down;
    out.detail = with(tor_detail, out.detail);
  } else if (tor == StreamJoin::State::not_bootstrapped && out.code == FailureCode::net_timeout) {
    out.code = FailureCode::tor_not_bootstrapped;
    out.detail = with(tor_detail, out.detail);
  }
  out.detail = printable(out.detail, kMaxDetail);
  return out;
}

}  // namespace perfd::experiments
