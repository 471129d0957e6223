// What a browser did to load a page: its resources as in HAR, and the connections that carried
// them. The page's own moments are marks of the measurement.
// Thread: values.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "model/circuit.h"
#include "model/mark.h"
#include "model/proxy_connection.h"

namespace perfd::model {

// Moments of a page load among a measurement's marks. START is the moment at which the browser was
// told to navigate, DATAREQUEST and DATARESPONSE are of the document, DATACOMPLETE is the last byte
// of the last resource.
namespace mark {
// Over https: the TLS handshake of the document's connection.
inline constexpr std::string_view kTlsStart = "TLSSTART";
inline constexpr std::string_view kTlsEnd = "TLSEND";
inline constexpr std::string_view kDomContentLoaded = "DOMCONTENTLOADED";
inline constexpr std::string_view kLoad = "LOAD";
inline constexpr std::string_view kFirstContentfulPaint = "FIRSTCONTENTFULPAINT";
inline constexpr std::string_view kLargestContentfulPaint = "LARGESTCONTENTFULPAINT";
// The end of the last request before two seconds without any, or the load event where that is
// later.
inline constexpr std::string_view kFullyLoaded = "FULLYLOADED";
}  // namespace mark

// One request and its response, as the browser told it. A redirect is a resource of its own.
// Times are the browser's, wall clock to the µs; missing: it did not come to that, or did not tell.
struct Resource {
  std::string id;    // the browser's; the hops of a redirect share it
  int redirect = 0;  // how many redirects came before
  std::string url;
  std::string method;
  std::string type;       // document, script, style, image, font, …; empty: not told
  std::string initiator;  // parser, script, preload, …
  std::string protocol;   // "http/1.1", "h2"
  std::string mime_type;
  int status = 0;                                      // 0: no response
  std::optional<WallTime> requested_at;                // the page asked for it
  std::optional<WallTime> connect_start, connect_end;  // missing: a connection was used again
  std::optional<WallTime> tls_start, tls_end;
  std::optional<WallTime> request_start, response_start, response_end;
  std::int64_t bytes_received = 0;  // response head and body as they came, compressed or not
  std::int64_t header_bytes = 0;    // of them the head
  std::int64_t body_bytes = 0;      // the body, decompressed
  std::int64_t request_bytes = 0;   // of the request's body
  bool from_cache = false;
  std::string error;  // the browser's word, such as NS_ERROR_NET_RESET; empty: it came
  std::optional<std::uint64_t> connection;  // number of the proxy connection that carried it

  friend bool operator==(Resource const&, Resource const&) = default;
};

// A comparison of what two clocks say of the same moments.
struct ClockCheck {
  std::string name;  // what was compared, such as "browser and proxy: response start"
  std::int64_t moments = 0;
  Micros largest{0};   // difference, of any of them
  bool agrees = true;  // within the stated bound

  friend bool operator==(ClockCheck const&, ClockCheck const&) = default;
};

struct PageLoad {
  std::string url;        // asked for
  std::string final_url;  // where redirects led
  std::string title;
  std::string browser;               // "Firefox 153.7"
  std::int64_t load_of_process = 0;  // 1, 2, … in the same browser process
  std::vector<Resource> resources;   // in the order of their requests
  std::vector<ProxyConnection> connections;
  std::vector<Stream> streams;  // of the connections, as tor told them
  std::int64_t failed = 0;      // resources that did not come, or not with a status below 400
  std::vector<ClockCheck> clocks;
  std::string screenshot;  // name of a file in the data folder; empty: none

  friend bool operator==(PageLoad const&, PageLoad const&) = default;
};

// How many resources were asked for over a connection: a browser's cache answers the others.
[[nodiscard]] inline std::int64_t requests(PageLoad const& page) {
  return std::count_if(page.resources.begin(), page.resources.end(),
                       [](Resource const& resource) { return !resource.from_cache; });
}

}  // namespace perfd::model
