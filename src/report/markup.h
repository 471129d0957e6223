// Text that goes into HTML and SVG. What records hold is untrusted: everything from them passes
// through escaped().
// Thread: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace perfd::report {

// For text and for attribute values in double quotes, of HTML and of XML alike. A byte that is not
// UTF-8, a control character, and a character that turns the direction of text become U+FFFD: a
// name must not be able to make what stands beside it look like something else.
[[nodiscard]] std::string escaped(std::string_view untrusted);

// The text, or as much of it as has `limit` characters with "…" in the place of the rest.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t limit);

// A coordinate: two decimals at most, no zeros behind them, never "-0" or "nan".
[[nodiscard]] std::string coordinate(double value);

// "1,234,567"
[[nodiscard]] std::string counted(std::size_t number);
// "1 measurement", "1,234 measurements"
[[nodiscard]] std::string counted(std::size_t number, std::string_view noun);
// Markup: "3.4 %"; never "0.0 %" of something that is not nothing, nor "100.0 %" of what is not
// all.
[[nodiscard]] std::string percent(std::size_t part, std::size_t whole);

}  // namespace perfd::report
