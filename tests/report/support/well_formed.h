// Is a page well-formed XML, as far as pages use it?
#pragma once

#include <string>
#include <string_view>

namespace perfd::report {

// Empty if it is, else what is wrong and where: tags that don't pair, attributes without quotes or
// twice, a '<' or '&' that is no markup, an id twice, bytes that are not UTF-8, control characters.
// Knows no comments, no CDATA and no namespaces, which pages don't have.
[[nodiscard]] std::string what_is_wrong_with(std::string_view page);

}  // namespace perfd::report
