// Values of a row by name, with the first thing that is wrong with them; and seconds as µs.
// Thread: pure functions and values that refer to a row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"
#include "formats/onionperf/document.h"

namespace perfd::formats::onionperf {

// Seconds as a JSON number has them ("1609459344.136263", "1.8e-05"), rounded to the µs: OnionPerf
// reckons with doubles, whose last digits are noise. Nothing where it is out of range.
[[nodiscard]] std::optional<std::int64_t> micros_of(std::string_view number);

// Moments up to the year 9999, spans up to ten years.
inline constexpr std::int64_t kLastMoment = 253'402'300'799'000'000;
inline constexpr std::int64_t kLongestSpan = std::int64_t{3653} * 86400 * 1'000'000;

// A moment, and a span after one (OnionPerf's may be a little below zero: then it is zero).
[[nodiscard]] std::optional<WallTime> moment_of(Field const& field);
[[nodiscard]] std::optional<Micros> span_of(Field const& field);

class Values {
 public:
  explicit Values(Row const& row) : row_(row) {}

  [[nodiscard]] bool has(std::string_view path) const {
    Field field;
    return row_.find(path, field);
  }
  [[nodiscard]] std::string_view text(std::string_view path);  // must be there
  [[nodiscard]] std::string_view text_or(std::string_view path, std::string_view otherwise);
  // A whole number, as a number or in a string.
  [[nodiscard]] std::int64_t whole(std::string_view path);
  [[nodiscard]] std::int64_t whole_or(std::string_view path, std::int64_t otherwise);
  [[nodiscard]] bool flag_or(std::string_view path, bool otherwise);
  [[nodiscard]] WallTime moment(std::string_view path);
  [[nodiscard]] std::optional<Micros> span(std::string_view path);

  void wrong(std::string_view path, std::string_view what) {
    if (problem_.none()) problem_ = {std::string(path), std::string(what)};
  }
  [[nodiscard]] RowProblem const& problem() const { return problem_; }

 private:
  Row const& row_;
  RowProblem problem_;
};

}  // namespace perfd::formats::onionperf
