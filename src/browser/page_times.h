// What the page itself knows of its moments: navigation timing, paints, sizes of its resources.
//
// The scripts run in a sandbox of the page's window, so that a page can neither see nor change what
// they find. Their answer is untrusted all the same.
// Internal to the room. Thread: pure functions.
// Source: W3C Navigation Timing 2, Resource Timing, Paint Timing, Largest Contentful Paint.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "model/mark.h"
#include "model/page.h"

namespace perfd::browser {

inline constexpr std::string_view kSandbox = "perfd";

// The bound of the clock check: what the browser's network events and the page's own
// Performance API say of the same moments of the same requests differs by no more.
inline constexpr Micros kBrowserClockBound = std::chrono::milliseconds{5};

// Runs in every document before its own scripts: keeps the largest contentful paint, which a page
// tells to observers alone.
[[nodiscard]] std::string_view watching_function();
// An expression whose value is the text that parse_page_times() takes.
[[nodiscard]] std::string_view collecting_expression();

struct ResourceTimes {
  std::string url;  // as asked for, before redirects
  std::optional<WallTime> request_start, response_start, response_end;
  std::int64_t encoded_bytes = 0;
  std::int64_t decoded_bytes = 0;
};

struct PageTimes {
  std::string url;
  std::string title;
  std::optional<WallTime> dom_content_loaded, load, first_paint, largest_paint;
  std::optional<ResourceTimes> document;
  std::vector<ResourceTimes> resources;
};

[[nodiscard]] std::optional<PageTimes> parse_page_times(std::string_view json);

// Sets DOMCONTENTLOADED, LOAD and the paints; title, address and decompressed sizes; and the clock
// check between the browser's network events and these times.
void add_page_times(PageTimes const& times, model::Marks& marks, model::PageLoad& page);

}  // namespace perfd::browser
