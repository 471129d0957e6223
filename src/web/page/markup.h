// The page that is sent: its frame, and what stands in the place of figures that can't be told.
// Thread: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace perfd::web {

struct DashboardOptions;

// `summary` is markup.
[[nodiscard]] std::string page_html(DashboardOptions const& options, std::string_view summary);
[[nodiscard]] std::string trouble_html(std::string_view why);

}  // namespace perfd::web
