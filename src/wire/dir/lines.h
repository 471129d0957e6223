// The lines of directory documents (dir-spec 1.2), walked without copies.
//
// Internal to dir. Thread: values that refer to the caller's text.
#pragma once

#include <string_view>

namespace perfd::wire::dir {

// Takes a line off the front of `rest`, without its end; false when there is none left.
inline bool take_line(std::string_view& rest, std::string_view& line) {
  if (rest.empty()) return false;
  auto const end = rest.find('\n');
  line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return true;
}

// Takes a word off the front of `rest`; empty when there is none left.
inline std::string_view take_word(std::string_view& rest) {
  auto const begin = rest.find_first_not_of(" \t");
  if (begin == std::string_view::npos) {
    rest = {};
    return {};
  }
  rest.remove_prefix(begin);
  auto const word = rest.substr(0, rest.find_first_of(" \t"));
  rest.remove_prefix(word.size());
  return word;
}

inline constexpr std::size_t kMaxNickname = 19;  // tor's

}  // namespace perfd::wire::dir
