// A section's keys as a table in Markdown: key, value, default, meaning.
//
// Internal to config. Thread: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/definition.h"

namespace perfd::config {

inline std::string cell(std::string_view text) {
  std::string out;
  for (char const c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

// A default that is a TOML value looks like one; words stay words.
inline std::string default_cell(std::string const& text) {
  bool const value = text.starts_with('"') || text.starts_with('[') || text == "true" ||
                     text == "false" || (text[0] >= '0' && text[0] <= '9');
  return value ? "`" + text + "`" : text;
}

template <class S>
void write_keys(std::vector<Key<S>> const& keys, std::string& out) {
  out += "| key | value | default | meaning |\n|---|---|---|---|\n";
  for (auto const& key : keys)
    out += "| `" + std::string(key.name) + "`" + (key.change == Change::live ? " ↻" : "") + " | " +
           cell(key.kind) + " | " + cell(default_cell(key.default_text)) + " | " + cell(key.about) +
           " |\n";
}

}  // namespace perfd::config
