// Loads one page as a person would see it for the first time, and tells everything that was seen.
//
// Each load has a user context of its own: no cache, no cookies, no open connections, and a proxy
// for it alone. All times are the browser's (µs, wall clock), never those at which its events came;
// the mark START alone is perfd's, taken when the command to navigate is sent.
// Thread: the loop's. One load at a time in a browser.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/units.h"
#include "browser/errors.h"
#include "browser/firefox.h"
#include "model/mark.h"
#include "model/page.h"
#include "runtime/address.h"

namespace perfd::browser {

struct LoadSpec {
  std::string url;
  runtime::Address proxy;  // a SOCKS 5 listener, of this load alone
  MonoTime deadline{};     // of the load; what follows it has kAfterDeadline more
  // The page is fully loaded at the end of the last request before so long a time without any.
  Nanos quiet = std::chrono::seconds{2};
  bool screenshot = false;  // of what is seen when the load is over
  // For this load alone: of servers whose certificate the browser knows nobody to vouch for.
  bool accept_any_certificate = false;
};

// Reading the page's own times, the picture, and closing the tab or the browser.
inline constexpr Nanos kAfterDeadline = std::chrono::seconds{15};

struct LoadTrace {
  model::Marks marks;    // START, DATAREQUEST … FULLYLOADED (model/page.h), as far as it came
  model::PageLoad page;  // connections and streams are for others to fill in
  std::optional<Error> error;  // what load_page() returned
  std::string screenshot_png;  // empty: none was asked for, or none could be made
};

// Whatever goes wrong, `trace` has what was seen until then, and `firefox` is usable again or
// stopped (running() tells). Cancelled, it stops the browser first.
// Errors: all of errors.h but kNotStarted. `trace` outlives the task.
[[nodiscard]] runtime::Task<Result<>> load_page(Firefox& firefox, LoadSpec spec, LoadTrace& trace);

}  // namespace perfd::browser
