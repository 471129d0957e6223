#include "browser/page_times.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <map>

#include "browser/bidi_events.h"
#include "browser/json_read.h"

namespace perfd::browser {
namespace {

namespace json = boost::json;

constexpr std::size_t kTitleLimit = 500;
constexpr std::size_t kMostEntries = 5000;

}  // namespace

std::string_view watching_function() {
  return R"(() => {
  globalThis.largestPaint = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) globalThis.largestPaint = entry.startTime;
  }).observe({type: "largest-contentful-paint", buffered: true});
})";
}

// Whole microseconds since the epoch: they are exact in a double, and JSON's readers agree on them.
std::string_view collecting_expression() {
  return R"((() => {
  const us = (t) => t > 0 ? Math.round((performance.timeOrigin + t) * 1000) : 0;
  const cut = (s, n) => { s = String(s).slice(0, n); return s.toWellFormed ? s.toWellFormed() : s; };
  const entry = (e) => [cut(e.name, 8192), us(e.requestStart), us(e.responseStart),
                        us(e.responseEnd), e.encodedBodySize, e.decodedBodySize];
  const page = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint", "paint")[0];
  return JSON.stringify({
    url: cut(document.URL, 8192), title: cut(document.title, 500),
    dom: page ? us(page.domContentLoadedEventStart) : 0, load: page ? us(page.loadEventStart) : 0,
    first: paint ? us(paint.startTime) : 0, largest: us(globalThis.largestPaint || 0),
    document: page ? entry(page) : null,
    resources: performance.getEntriesByType("resource").slice(0, 5000).map(entry)});
})())";
}

namespace {

std::optional<ResourceTimes> entry_of(json::value const& value) {
  auto const* const array = value.if_array();
  if (array == nullptr || array->size() != 6) return std::nullopt;
  auto const moment = [&](std::size_t i) -> std::optional<WallTime> {
    auto const us = read::integer((*array)[i]).value_or(0);
    return us > 0 ? std::optional(wall_from_us(us)) : std::nullopt;
  };
  ResourceTimes out;
  out.url = read::text((*array)[0], kUrlLimit);
  out.request_start = moment(1);
  out.response_start = moment(2);
  out.response_end = moment(3);
  out.encoded_bytes = read::integer((*array)[4]).value_or(0);
  out.decoded_bytes = read::integer((*array)[5]).value_or(0);
  return out;
}

}  // namespace

std::optional<PageTimes> parse_page_times(std::string_view text) {
  boost::system::error_code error;
  auto const value = json::parse(text, error);
  auto const* const object = error ? nullptr : value.if_object();
  if (object == nullptr) return std::nullopt;
  PageTimes out;
  out.url = read::text(*object, "url", kUrlLimit);
  out.title = read::text(*object, "title", kTitleLimit);
  out.dom_content_loaded = read::unix_us(*object, "dom");
  out.load = read::unix_us(*object, "load");
  out.first_paint = read::unix_us(*object, "first");
  out.largest_paint = read::unix_us(*object, "largest");
  if (auto const* const document = object->if_contains("document"))
    out.document = entry_of(*document);
  if (auto const* const resources = read::array(*object, "resources"))
    for (auto const& resource : *resources)
      if (auto entry = entry_of(resource); entry && out.resources.size() < kMostEntries)
        out.resources.push_back(std::move(*entry));
  return out;
}

namespace {

// "http://a/b#c" is asked for as "http://a/b".
std::string_view without_fragment(std::string_view url) { return url.substr(0, url.find('#')); }

class Comparison {
 public:
  void add(std::optional<WallTime> const& a, std::optional<WallTime> const& b) {
    if (!a || !b) return;
    ++check_.moments;
    check_.largest = std::max(check_.largest, *a > *b ? *a - *b : *b - *a);
  }
  void add(model::Resource const& event, ResourceTimes const& times) {
    if (event.from_cache) return;
    add(event.request_start, times.request_start);
    add(event.response_start, times.response_start);
    add(event.response_end, times.response_end);
  }
  [[nodiscard]] model::ClockCheck result() const {
    auto out = check_;
    out.agrees = out.largest <= kBrowserClockBound;
    return out;
  }

 private:
  model::ClockCheck check_{.name = "browser: network events and performance API"};
};

}  // namespace

void add_page_times(PageTimes const& times, model::Marks& marks, model::PageLoad& page) {
  auto const set = [&](std::string_view name, std::optional<WallTime> const& at) {
    if (at) marks.set(name, {*at, model::MarkSource::clock, Micros{1}});
  };
  set(model::mark::kDomContentLoaded, times.dom_content_loaded);
  set(model::mark::kLoad, times.load);
  set(model::mark::kFirstContentfulPaint, times.first_paint);
  set(model::mark::kLargestContentfulPaint, times.largest_paint);
  if (!times.url.empty()) page.final_url = times.url;
  page.title = times.title;

  // An address that was asked for several times can't be told apart, nor can a redirect's.
  std::map<std::string_view, int> asked, told;
  for (auto const& resource : page.resources) ++asked[resource.url];
  for (auto const& resource : times.resources) ++told[without_fragment(resource.url)];
  Comparison comparison;
  for (auto& resource : page.resources) {
    auto const pair = [&](ResourceTimes const& known) {
      if (resource.status == 0 || !resource.error.empty() || !resource.response_end) return;
      comparison.add(resource, known);
      if (known.decoded_bytes > 0) resource.body_bytes = known.decoded_bytes;
    };
    if (resource.type == "document") {
      if (times.document && resource.url == without_fragment(times.document->url) &&
          asked[resource.url] == 1)
        pair(*times.document);
      continue;
    }
    if (asked[resource.url] != 1 || told[resource.url] != 1) continue;
    auto const known = std::ranges::find_if(times.resources, [&](auto const& candidate) {
      return without_fragment(candidate.url) == resource.url;
    });
    if (known != times.resources.end() && resource.status < 300) pair(*known);
  }
  page.clocks.push_back(comparison.result());
}

}  // namespace perfd::browser
