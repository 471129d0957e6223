// Helpers of the configuration's tests.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace perfd::config {

inline constexpr auto kMinimal = "[vantage]\nname = \"v\"\n[server]\npublic-host = \"192.0.2.1\"\n";

inline Loaded load_text(std::string text) {
  Source const source{"perfd.toml", std::move(text)};
  return load(std::span(&source, 1));
}

// What is reported, one line each; empty for a good configuration.
inline std::string errors(Loaded const& loaded) {
  return loaded.has_value() ? std::string() : to_string(loaded.error());
}
inline std::string errors_of(std::string text) { return errors(load_text(std::move(text))); }

// `text` after four lines that make it complete; so it begins on line 5.
inline std::string after_minimal(std::string const& text) { return errors_of(kMinimal + text); }
// Keys of one experiment, from line 6 on.
inline std::string experiment(std::string const& keys) {
  return after_minimal("[experiment.x]\n" + keys);
}

}  // namespace perfd::config
