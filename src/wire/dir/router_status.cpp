#include "wire/dir/router_status.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "wire/dir/lines.h"

namespace perfd::wire::dir {
namespace {

constexpr std::array<std::pair<std::string_view, Flag>, 10> kFlags = {
    {{"Guard", Flag::kGuard},
     {"Exit", Flag::kExit},
     {"Fast", Flag::kFast},
     {"Stable", Flag::kStable},
     {"Running", Flag::kRunning},
     {"Valid", Flag::kValid},
     {"V2Dir", Flag::kV2Dir},
     {"HSDir", Flag::kHsDir},
     {"Authority", Flag::kAuthority},
     {"BadExit", Flag::kBadExit}}};

constexpr std::size_t kIdentityDigits = 27;  // base64 of 20 bytes, without '='

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

// Empty where it is no identity.
std::string fingerprint_of(std::string_view base64) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  while (base64.ends_with('=')) base64.remove_suffix(1);
  if (base64.size() != kIdentityDigits) return {};
  std::string out;
  unsigned bits = 0;
  int have = 0;
  for (char const c : base64) {
    auto const value = base64_value(c);
    if (value < 0) return {};
    bits = (bits << 6U | static_cast<unsigned>(value)) & 0xFFFFU;
    for (have += 6; have >= 4 && out.size() < 40; have -= 4)
      out += kHex[bits >> static_cast<unsigned>(have - 4) & 15U];
  }
  return out;
}

// "r" nickname identity [digest] date time address ORPort DirPort: the consensus of
// microdescriptors has no digest there.
bool read_r(std::string_view rest, RouterStatus& out) {
  std::array<std::string_view, 9> words;
  std::size_t count = 0;
  for (auto word = take_word(rest); !word.empty() && count < words.size(); word = take_word(rest))
    words[count++] = word;
  if (count < 7) return false;
  bool const digest = count >= 8;
  auto const address = words[digest ? 5 : 4];
  auto const port = parse_int<std::uint16_t>(words[digest ? 6 : 5]);
  out.nickname = words[0].substr(0, kMaxNickname);
  out.fingerprint = fingerprint_of(words[1]);
  if (out.fingerprint.empty() || !port || address.size() > 15) return false;
  out.address = address;
  out.or_port = *port;
  return true;
}

void read_s(std::string_view rest, RouterStatus& out) {
  for (auto word = take_word(rest); !word.empty(); word = take_word(rest))
    for (auto const& [name, flag] : kFlags)
      if (word == name) out.flags |= static_cast<std::uint16_t>(flag);
}

void read_w(std::string_view rest, RouterStatus& out) {
  for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
    if (word.starts_with("Bandwidth=")) {
      auto const value = parse_int<std::int64_t>(word.substr(10));
      if (value && *value >= 0) out.bandwidth = *value;
    } else if (word == "Unmeasured=1") {
      out.unmeasured = true;
    }
  }
}

}  // namespace

RouterStatuses parse_router_statuses(std::string_view text) {
  RouterStatuses out;
  RouterStatus* current = nullptr;  // null while the entry can't be read
  for (std::string_view line; take_line(text, line);) {
    auto const keyword = take_word(line);
    if (keyword == "r") {
      RouterStatus entry;
      current = nullptr;
      if (out.relays.size() >= kMaxRelays || !read_r(line, entry)) {
        ++out.unreadable;
        continue;
      }
      current = &out.relays.emplace_back(std::move(entry));
    } else if (current != nullptr && keyword == "s") {
      read_s(line, *current);
    } else if (current != nullptr && keyword == "w") {
      read_w(line, *current);
    }
  }
  return out;
}

}  // namespace perfd::wire::dir
