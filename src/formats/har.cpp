#include "formats/har.h"

#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/time_text.h"
#include "formats/har_entry.h"
#include "formats/json_writer.h"

namespace perfd::formats {
namespace {

using model::Measurement;

void write_page(JsonWriter& json, Measurement const& m) {
  auto const since_start = [&](std::string_view mark) {
    return har_span(m.marks.at(model::mark::kStart), m.marks.at(mark));
  };
  json.begin_object();
  json.field("startedDateTime", format_iso(m.started_at));
  json.field("id", m.id);
  json.field("title", m.page->title.empty() ? m.page->url : m.page->title);
  json.key("pageTimings").begin_object();
  har_timing(json, "onContentLoad", since_start(model::mark::kDomContentLoaded));
  har_timing(json, "onLoad", since_start(model::mark::kLoad));
  har_timing(json, "_firstContentfulPaint", since_start(model::mark::kFirstContentfulPaint));
  har_timing(json, "_largestContentfulPaint", since_start(model::mark::kLargestContentfulPaint));
  har_timing(json, "_fullyLoaded", since_start(model::mark::kFullyLoaded));
  json.end_object();
  json.field("_experiment", m.experiment);
  json.field_unless_empty("_arm", m.arm);
  json.field("_outcome", model::name(m.outcome.code));
  json.field_unless_empty("_detail", m.outcome.detail);
  json.end_object();
}

}  // namespace

void HarWriter::begin(std::string& out) { out += R"({"log":{"version":"1.2","entries":[)"; }

void HarWriter::add(std::string& out, Measurement const& m) {
  if (!m.page) return;
  HarRedirects const redirects(*m.page);
  for (auto const& resource : m.page->resources) {
    if (std::exchange(entries_, true)) out += ",\n";
    JsonWriter json(out);
    write_har_entry(json, m, resource, redirects);
  }
  if (!pages_.empty()) pages_ += ",\n";
  JsonWriter json(pages_);
  write_page(json, m);
  browser_ = m.page->browser;
}

void HarWriter::end(std::string& out) {
  out += "],\n\"pages\":[" + pages_ + "],\n";
  JsonWriter json(out);
  json.key("creator").begin_object();
  json.field("name", "perfd");
  json.field("version", version_);
  json.end_object();
  // "Firefox 128.5.0"; without both words it is left out, as HAR wants both.
  auto const browser = trim(browser_);
  auto const space = browser.find(' ');
  if (space != std::string_view::npos) {
    json.key("browser").begin_object();
    json.field("name", browser.substr(0, space));
    json.field("version", trim(browser.substr(space)));
    json.end_object();
  }
  out += "}}\n";
}

std::string to_har(Measurement const& measurement) {
  std::string out;
  HarWriter har(measurement.perfd_version);
  har.begin(out);
  har.add(out, measurement);
  har.end(out);
  return out;
}

}  // namespace perfd::formats
