// Helpers of the configuration's tests.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace perfd::config {

inline constexpr auto kMinimal = "[vantage]\nname = \"v\"\n[server]\npublic-host = \"192.0.2.1\"\n";

inline Loaded load_text(std::string text, Available const& available = {}) {
  Source const source{"perfd.toml", std::move(text)};
  return load(std::span(&source, 1), available);
}

// What is reported, one line each; empty for a good configuration.
inline std::string errors(Loaded const& loaded) {
  return loaded.has_value() ? std::string() : to_string(loaded.error());
}
inline std::string errors_of(std::string text, Available const& available = {}) {
  return errors(load_text(std::move(text), available));
}

// All words of the language.
inline Available everything() {
  Available all;
  for (auto const& word : words(Kind{})) all.kinds.insert(word.value);
  for (auto const& word : words(TargetKind{})) all.targets.insert(word.value);
  for (auto const& word : words(GuardPolicy{})) all.guards.insert(word.value);
  all.optimistic = all.shared_circuits = all.paths = all.arms = true;
  return all;
}

}  // namespace perfd::config
