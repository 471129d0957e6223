// Rules between settings: combinations that no single value can show to be wrong.
//
// Internal to config. Thread: pure functions.
#pragma once

#include <compare>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/document.h"

namespace perfd::config {

// Names one key: {"store", "", "keep"}, {"tor", "plain", "torrc"}; without a key the section.
struct Path {
  std::string section;
  std::string name{};
  std::string key{};

  friend auto operator<=>(Path const&, Path const&) = default;
};
[[nodiscard]] std::string to_string(Path const& path);  // "tor.plain.torrc"

// What the loader knows of where settings came from.
struct Origins {
  std::map<Path, Place> places;  // of keys (their values) and of sections
  std::set<Path> wrong;          // keys that were given and refused

  // The place of the first of these that a file gave.
  [[nodiscard]] Place find(std::vector<Path> const& paths) const;
  [[nodiscard]] bool given(Path const& path) const { return places.contains(path); }
};

// Problems with their paths; a rule that looks at a refused key keeps silent.
[[nodiscard]] std::vector<Problem> validate(Settings const& settings, Origins const& origins);

}  // namespace perfd::config
