// What the tests of codecs share: bytes as people write them, and input in pieces.
#pragma once

#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "wire/bytes.h"

namespace perfd::wire::test {

// "05 01 00" and "05 'abc' 00": hex with spaces, and text between quotes.
inline std::string raw(std::string_view written) {
  std::string out;
  for (std::size_t i = 0; i < written.size();) {
    if (written[i] == ' ') {
      ++i;
    } else if (written[i] == '\'') {
      auto const end = written.find('\'', i + 1);
      out += written.substr(i + 1, end - i - 1);
      i = end + 1;
    } else {
      out += static_cast<char>(parse_int<int>(written.substr(i, 2), 16).value());
      i += 2;
    }
  }
  return out;
}

inline std::string shown(ByteView bytes) { return hex(bytes); }

// The ways to receive `whole` in two pieces, and byte by byte at the end.
inline std::vector<std::vector<std::string>> every_split(std::string_view whole) {
  std::vector<std::vector<std::string>> ways;
  for (std::size_t at = 0; at <= whole.size(); ++at)
    ways.push_back({std::string(whole.substr(0, at)), std::string(whole.substr(at))});
  ways.emplace_back();
  for (char const c : whole) ways.back().emplace_back(1, c);
  return ways;
}

}  // namespace perfd::wire::test
