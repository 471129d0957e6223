// A page load in a real browser, through a measuring proxy of its own into tor: the browser's
// times, the proxy's, tor's streams and circuits, in one record.
//
// The browser is there before START: how long it takes to come up is not the page's. The deadline
// counts from before that.
// Thread: the measuring loop's.
#pragma once

#include <string>

#include "browser/browser_pool.h"
#include "experiments/measure_once.h"

namespace perfd::experiments {

struct PageSpec {
  MeasurementSpec request;  // `proxy` is tor's SOCKS port; own_server: with host, port and path
  std::string url;          // of somebody else's page; else it is made from `request`
  bool https = false;       // of perfd's own server
  // Of perfd's own server: its certificate is one that no browser knows.
  bool own_certificate = false;
  bool form = false;  // the page sends request.size bytes to perfd's own server
  bool screenshot = false;
  Nanos quiet = std::chrono::seconds{2};
};

// By how much the browser's times and the proxy's may differ: both are of one machine and one
// clock, and all that lies between them is a busy processor.
inline constexpr Micros kProxyClockBound = std::chrono::milliseconds{20};

// `browsers` is this load's alone until the task ends. `screenshot_png` is set where one was asked
// for and could be made. REQUIRES: request.proxy.
[[nodiscard]] runtime::Task<model::Measurement> measure_page(MeasurementPorts ports,
                                                             browser::BrowserPool& browsers,
                                                             PageSpec spec,
                                                             std::string& screenshot_png);

}  // namespace perfd::experiments
