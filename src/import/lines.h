// The lines of a file, one after the other.
// Owner: whoever reads. Thread: one. Input is untrusted: a line is bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace perfd::import {

inline constexpr std::size_t kLongestLine = std::size_t{64} << 10U;
// Of perfd's own: a page load has hundreds of resources.
inline constexpr std::size_t kLongestRecord = std::size_t{64} << 20U;

class Lines {
 public:
  // `read` gives pieces, and an empty one at the end (Input::read).
  explicit Lines(std::function<Result<std::string_view>()> read, std::size_t longest = kLongestLine)
      : read_(std::move(read)), longest_(longest) {}

  // The next line without its end ("\n"; a "\r" before it stays), valid until the next call.
  // Nothing at the end of the file. A line that is too long is cut: too_long() tells.
  [[nodiscard]] Result<std::optional<std::string_view>> next();

  [[nodiscard]] std::uint64_t number() const { return number_; }  // of that line, from 1 on
  [[nodiscard]] bool too_long() const { return too_long_; }

 private:
  std::function<Result<std::string_view>()> read_;
  std::size_t longest_;
  std::string_view piece_;  // what is left of it
  std::string begun_;       // a line that began in an earlier piece
  std::uint64_t number_ = 0;
  bool too_long_ = false;
};

}  // namespace perfd::import
