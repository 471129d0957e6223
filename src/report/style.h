// How the page looks: one sheet, of light and dark screens and of paper.
#pragma once

#include <string_view>

namespace perfd::report {

// CSS without '<' and '&', so that it stands in HTML and in XML alike.
[[nodiscard]] std::string_view style_sheet();

}  // namespace perfd::report
