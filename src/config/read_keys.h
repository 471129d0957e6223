// Finding the key of a table that an entry means.
//
// Internal to config. Thread: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/definition.h"

namespace perfd::config {

// "unknown key; did you mean …?" or with the list of what is known.
[[nodiscard]] std::string unknown_key(std::string_view name, std::string_view what,
                                      std::vector<std::string_view> const& known);

// Null after a report when no key has that name.
template <class S>
Key<S> const* find_key(std::vector<Key<S>> const& keys, Entry const& entry, Report const& report) {
  std::vector<std::string_view> known;
  for (auto const& key : keys) {
    if (key.name == entry.key) return &key;
    known.push_back(key.name);
  }
  report(entry.place, unknown_key(entry.key, "key", known));
  return nullptr;
}

}  // namespace perfd::config
