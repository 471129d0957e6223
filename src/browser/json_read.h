// Members of untrusted JSON, each with a value for "not there, or of another type".
// Internal to the room. Thread: pure functions.
#pragma once

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"

namespace perfd::browser::read {

inline boost::json::object const* object(boost::json::object const& in, std::string_view key) {
  auto const* const value = in.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}
inline boost::json::array const* array(boost::json::object const& in, std::string_view key) {
  auto const* const value = in.if_contains(key);
  return value == nullptr ? nullptr : value->if_array();
}

// Cut where it is longer than `limit` bytes, between two characters: the parser takes UTF-8 alone.
inline std::string text(boost::json::value const& value, std::size_t limit) {
  auto const* const string = value.if_string();
  if (string == nullptr) return {};
  auto size = std::min(string->size(), limit);
  auto const continues = [&](std::size_t at) { return ((*string)[at] & 0xC0) == 0x80; };
  while (size > 0 && size < string->size() && continues(size)) --size;
  return std::string(string->data(), size);
}
inline std::string text(boost::json::object const& in, std::string_view key, std::size_t limit) {
  auto const* const value = in.if_contains(key);
  return value == nullptr ? std::string{} : text(*value, limit);
}

inline bool flag(boost::json::object const& in, std::string_view key) {
  auto const* const value = in.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

// Not negative, and exact in a double.
inline std::optional<std::int64_t> integer(boost::json::value const& value) {
  constexpr double kMost = 9007199254740992.0;
  if (!value.is_number()) return std::nullopt;
  auto const number = value.to_number<double>();
  if (!(number >= 0) || number > kMost || number != std::floor(number)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}
inline std::int64_t count(boost::json::object const& in, std::string_view key) {
  auto const* const value = in.if_contains(key);
  return value == nullptr ? 0 : integer(*value).value_or(0);
}

// Unix milliseconds with a fraction of three digits. Boost.JSON may read such a number wrong in its
// last binary digit, which at this size is a quarter of a microsecond: rounding mends it.
inline std::optional<WallTime> unix_ms(boost::json::object const& in, std::string_view key) {
  constexpr double kMost = 4102444800000.0;  // the year 2100
  auto const* const value = in.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  auto const number = value->to_number<double>();
  if (!(number > 0) || number > kMost) return std::nullopt;
  return wall_from_us(std::llround(number * 1000));
}
// Unix microseconds; 0 is missing.
inline std::optional<WallTime> unix_us(boost::json::object const& in, std::string_view key) {
  auto const us = count(in, key);
  return us > 0 && us < 4'102'444'800'000'000 ? std::optional(wall_from_us(us)) : std::nullopt;
}

}  // namespace perfd::browser::read
