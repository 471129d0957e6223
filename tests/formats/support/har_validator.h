// What is wrong with a HAR 1.2 document, by the specification
// (http://www.softwareishard.com/blog/har-12-spec/): fields, types, and what must fit together.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace perfd::testing {

// Each with its place, as "log.entries[3].timings.wait: must not be negative"; none for a valid
// document. Fields that the specification doesn't know must begin with "_".
[[nodiscard]] std::vector<std::string> har_problems(std::string_view document);

}  // namespace perfd::testing
