// The frame of every page: one file of HTML that also is XML, without scripts and without anything
// that would have to be fetched.
// Thread: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace perfd::report {

// `title` is plain text; `more_css` stands behind style_sheet(); `body` is markup.
[[nodiscard]] std::string html_document(std::string_view title, std::string_view more_css,
                                        std::string_view body);

}  // namespace perfd::report
