// What both sides of a SOCKS handshake speak of: versions, commands, reply codes, addresses.
//
// Source: SOCKS 4 and 4a memos, RFC 1928, RFC 1929, tor's socks-extensions and
// proposal 304 (reply codes F0 to F7, sent with the SocksPort flag ExtendedErrors).
// Thread: values and pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "wire/ip.h"

namespace perfd::wire::socks {

enum class Version : std::uint8_t { kSocks4, kSocks4a, kSocks5 };

enum class Command : std::uint8_t {
  kConnect = 0x01,
  kResolve = 0xF0,     // tor: name to address, no connection
  kResolvePtr = 0xF1,  // tor: address to name; SOCKS 5 only
};

// The reply byte as it stands on the wire. The codes of SOCKS 4 (5A to 5D) and of SOCKS 5 do not
// overlap. Other values are possible: the byte is kept, its name is "unknown".
enum class ReplyCode : std::uint8_t {
  kSucceeded = 0x00,
  kGeneralFailure = 0x01,
  kNotAllowed = 0x02,
  kNetworkUnreachable = 0x03,
  kHostUnreachable = 0x04,
  kConnectionRefused = 0x05,
  kTtlExpired = 0x06,
  kCommandNotSupported = 0x07,
  kAddressTypeNotSupported = 0x08,

  kGranted4 = 0x5A,
  kRejected4 = 0x5B,
  kNoIdentd4 = 0x5C,
  kIdentMismatch4 = 0x5D,

  kOnionDescriptorNotFound = 0xF0,
  kOnionDescriptorInvalid = 0xF1,
  kOnionIntroductionFailed = 0xF2,
  kOnionRendezvousFailed = 0xF3,
  kOnionMissingClientAuth = 0xF4,
  kOnionWrongClientAuth = 0xF5,
  kOnionBadAddress = 0xF6,
  kOnionIntroductionTimedOut = 0xF7,
};

// A stable word for results and logs: "host_unreachable", "onion_descriptor_not_found", "unknown".
[[nodiscard]] std::string_view reply_name(ReplyCode code);
// For a person: "0xF0 onion_descriptor_not_found".
[[nodiscard]] std::string describe_reply(ReplyCode code);
[[nodiscard]] constexpr bool is_success(ReplyCode code) {
  return code == ReplyCode::kSucceeded || code == ReplyCode::kGranted4;
}

// Where to connect, what was bound or what was resolved: an address or a name.
struct Address {
  std::variant<IpAddress, std::string> host = IpAddress{};
  std::uint16_t port = 0;

  [[nodiscard]] IpAddress const* ip() const { return std::get_if<IpAddress>(&host); }
  [[nodiscard]] std::string host_text() const;  // without brackets
  friend bool operator==(Address const&, Address const&) = default;
};

inline constexpr std::size_t kMaxName = 255;  // of a host, in bytes
inline constexpr std::size_t kMaxUser = 255;  // of a user name or SOCKS 4 user id
inline constexpr std::size_t kMaxPassword = 255;

}  // namespace perfd::wire::socks
