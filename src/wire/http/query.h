// Query strings ("since=2026-11-24&limit=10"): names and values, decoded.
// Bounds: 4096 bytes, 64 parameters. Thread: values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace perfd::wire::http {

inline constexpr std::size_t kMaxQuery = 4096;
inline constexpr std::size_t kMaxParameters = 64;

class Query {
 public:
  // "%XX" and '+' (a space) are decoded; empty parts are skipped; a part without '=' has an empty
  // value. Errors: a broken "%", an encoded NUL, too long, too many.
  [[nodiscard]] static Result<Query> parse(std::string_view text);

  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;  // the first
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> const& all() const {
    return list_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> list_;
};

// Decodes "%XX"; `plus_is_space` is for query strings.
[[nodiscard]] Result<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

}  // namespace perfd::wire::http
