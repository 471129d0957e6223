#include "wire/socks/types.h"

#include <fmt/format.h>

namespace perfd::wire::socks {

std::string_view reply_name(ReplyCode code) {
  switch (code) {
    case ReplyCode::kSucceeded:
      return "succeeded";
    case ReplyCode::kGeneralFailure:
      return "general_failure";
    case ReplyCode::kNotAllowed:
      return "not_allowed";
    case ReplyCode::kNetworkUnreachable:
      return "network_unreachable";
    case ReplyCode::kHostUnreachable:
      return "host_unreachable";
    case ReplyCode::kConnectionRefused:
      return "connection_refused";
    case ReplyCode::kTtlExpired:
      return "ttl_expired";
    case ReplyCode::kCommandNotSupported:
      return "command_not_supported";
    case ReplyCode::kAddressTypeNotSupported:
      return "address_type_not_supported";
    case ReplyCode::kGranted4:
      return "granted";
    case ReplyCode::kRejected4:
      return "rejected";
    case ReplyCode::kNoIdentd4:
      return "no_identd";
    case ReplyCode::kIdentMismatch4:
      return "ident_mismatch";
    case ReplyCode::kOnionDescriptorNotFound:
      return "onion_descriptor_not_found";
    case ReplyCode::kOnionDescriptorInvalid:
      return "onion_descriptor_invalid";
    case ReplyCode::kOnionIntroductionFailed:
      return "onion_introduction_failed";
    case ReplyCode::kOnionRendezvousFailed:
      return "onion_rendezvous_failed";
    case ReplyCode::kOnionMissingClientAuth:
      return "onion_missing_client_auth";
    case ReplyCode::kOnionWrongClientAuth:
      return "onion_wrong_client_auth";
    case ReplyCode::kOnionBadAddress:
      return "onion_bad_address";
    case ReplyCode::kOnionIntroductionTimedOut:
      return "onion_introduction_timed_out";
  }
  return "unknown";
}

std::string describe_reply(ReplyCode code) {
  return fmt::format("0x{:02X} {}", static_cast<unsigned>(code), reply_name(code));
}

std::string Address::host_text() const {
  if (auto const* address = ip()) return format_ip(*address);
  return std::get<std::string>(host);
}

}  // namespace perfd::wire::socks
