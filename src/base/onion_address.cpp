#include "base/onion_address.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/text.h"

namespace perfd {
namespace {

constexpr std::string_view kSuffix = ".onion";
constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kLength = 56;      // characters of version 3, which are 35 bytes:
constexpr std::size_t kKeyLength = 32;   // the service's public key,
constexpr std::size_t kCheckLength = 2;  // the checksum, and the version
constexpr unsigned char kVersion = 3;

std::optional<std::vector<unsigned char>> decode_base32(std::string_view text) {
  std::vector<unsigned char> out;
  std::uint32_t bits = 0;
  int count = 0;
  for (char const c : text) {
    auto const digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 5U) | static_cast<std::uint32_t>(digit);
    count += 5;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<unsigned char>(bits >> static_cast<unsigned>(count)));
    bits &= (1U << static_cast<unsigned>(count)) - 1U;
  }
  return out;
}

std::array<unsigned char, kCheckLength> checksum_of(std::span<unsigned char const> key) {
  constexpr std::string_view kSalt = ".onion checksum";
  std::string text(kSalt);
  for (auto const byte : key) text += static_cast<char>(byte);
  text += static_cast<char>(kVersion);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha3_256(), nullptr);
  return {digest[0], digest[1]};
}

}  // namespace

std::optional<std::string> onion_problem(std::string_view host) {
  std::string lower(host);
  for (auto& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  std::string_view name = lower;
  if (!name.ends_with(kSuffix)) return std::nullopt;
  name.remove_suffix(kSuffix.size());
  if (auto const dot = name.rfind('.'); dot != std::string_view::npos) name.remove_prefix(dot + 1);

  auto const shown = "'" + printable(host, 100) + "' ";
  if (name.size() == 16) return shown + "is an onion address of version 2, which tor gave up";
  if (name.size() != kLength)
    return shown + "is no onion address: " + std::to_string(kLength) +
           " characters are expected before .onion, not " + std::to_string(name.size());
  auto const bytes = decode_base32(name);
  if (!bytes)
    return shown + "is no onion address: it may have the letters a to z and digits 2 to 7";
  if (bytes->back() != kVersion)
    return shown + "is an onion address of version " + std::to_string(bytes->back()) + ", not 3";
  auto const wanted = checksum_of(std::span(*bytes).first(kKeyLength));
  if ((*bytes)[kKeyLength] != wanted[0] || (*bytes)[kKeyLength + 1] != wanted[1])
    return shown + "has a wrong checksum: a character of it is not as its owner wrote it";
  return std::nullopt;
}

}  // namespace perfd
