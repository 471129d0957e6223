// The addresses in a list of pages: lines that are a URL, a domain, or a rank and a domain as in
// CSV lists of top sites (Tranco's, for one). A domain stands for its https:// page.
// Thread: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace perfd::lists {

struct UrlList {
  std::vector<std::string> urls;  // at most `top`, in the order of the lines
  std::size_t unusable = 0;       // lines among them that name no page
  std::string first_unusable;     // "line 3: …"; empty where all are good
};

// Blank lines and those that begin with '#' are skipped; quotes around a field are taken off. What
// stands behind the `top`-th address is not looked at.
// Error: no line names a page; with the reason of the first.
[[nodiscard]] Result<UrlList> parse_url_list(std::string_view text, std::size_t top);

}  // namespace perfd::lists
