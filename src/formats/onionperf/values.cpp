#include "formats/onionperf/values.h"

#include <algorithm>

#include "base/text.h"

namespace perfd::formats::onionperf {

// Boost.JSON gives doubles, too, but of 17 digits a wrong one now and then. 19 digits are read,
// which is some nanoseconds even of a moment.
std::optional<std::int64_t> micros_of(std::string_view number) {
  bool const negative = number.starts_with('-');
  if (negative) number.remove_prefix(1);
  std::uint64_t digits = 0;
  int kept = 0;
  std::int64_t exponent = 6;
  std::size_t at = 0;
  for (bool fraction = false; at < number.size(); ++at) {
    auto const digit = static_cast<unsigned char>(number[at] - '0');
    if (digit > 9) {
      if (number[at] != '.' || fraction) break;
      fraction = true;
      continue;
    }
    if (kept < 19) {
      digits = digits * 10 + digit;
      if (digits > 0) ++kept;
      if (fraction) --exponent;
    } else if (!fraction) {
      ++exponent;
    }
  }
  if (at < number.size()) {
    auto text = number.substr(at + 1);
    if (text.starts_with('+')) text.remove_prefix(1);
    auto const power = parse_int<std::int32_t>(text);
    if (!power || (number[at] != 'e' && number[at] != 'E')) return std::nullopt;
    exponent += *power;
  }
  if (digits == 0) return 0;
  for (; exponent > 0; --exponent) {
    if (digits > static_cast<std::uint64_t>(INT64_MAX) / 10) return std::nullopt;
    digits *= 10;
  }
  if (exponent < -19) return 0;
  if (exponent < 0) {
    std::uint64_t unit = 1;
    for (; exponent < -1; ++exponent) unit *= 10;
    digits = (digits / unit + 5) / 10;  // the digits before the last one are cut
  }
  if (digits > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  auto const us = static_cast<std::int64_t>(digits);
  return negative ? -us : us;
}

std::optional<WallTime> moment_of(Field const& field) {
  if (field.kind != Kind::number) return std::nullopt;
  auto const us = micros_of(field.text);
  if (!us || *us < 0 || *us > kLastMoment) return std::nullopt;
  return wall_from_us(*us);
}

std::optional<Micros> span_of(Field const& field) {
  if (field.kind != Kind::number) return std::nullopt;
  auto const us = micros_of(field.text);
  if (!us || *us < -kLongestSpan || *us > kLongestSpan) return std::nullopt;
  return Micros{std::max<std::int64_t>(*us, 0)};
}

std::string_view Values::text(std::string_view path) {
  if (!has(path)) wrong(path, "is missing");
  return text_or(path, {});
}

std::string_view Values::text_or(std::string_view path, std::string_view otherwise) {
  Field field;
  if (!row_.find(path, field)) return otherwise;
  if (field.kind != Kind::string) wrong(path, "must be a string");
  return field.text;
}

std::int64_t Values::whole(std::string_view path) {
  if (!has(path)) wrong(path, "is missing");
  return whole_or(path, 0);
}

std::int64_t Values::whole_or(std::string_view path, std::int64_t otherwise) {
  Field field;
  if (!row_.find(path, field)) return otherwise;
  auto const number = parse_int<std::int64_t>(field.text);
  if (!number || (field.kind != Kind::string && field.kind != Kind::number))
    wrong(path, "must be a whole number in range");
  return number.value_or(0);
}

bool Values::flag_or(std::string_view path, bool otherwise) {
  Field field;
  if (!row_.find(path, field)) return otherwise;
  if (field.kind != Kind::boolean) wrong(path, "must be true or false");
  return field.text == "true";
}

WallTime Values::moment(std::string_view path) {
  Field field;
  if (!row_.find(path, field)) {
    wrong(path, "is missing");
    return {};
  }
  auto const at = moment_of(field);
  if (!at) wrong(path, "must be seconds since 1970");
  return at.value_or(WallTime{});
}

std::optional<Micros> Values::span(std::string_view path) {
  Field field;
  if (!row_.find(path, field)) return std::nullopt;
  auto const span = span_of(field);
  if (!span) wrong(path, "must be a number of seconds");
  return span;
}

}  // namespace perfd::formats::onionperf
