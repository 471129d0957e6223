// Fields of CSV (RFC 4180).
// Thread: pure functions.
#pragma once

#include <string>

namespace perfd::report {

// In quotes where it must be.
[[nodiscard]] std::string csv_field(std::string const& text);

}  // namespace perfd::report
