// Entries of a HAR document, and the numbers that its pages have, too.
//
// Internal to formats. Thread: pure functions.
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "formats/json_writer.h"
#include "model/measurement.h"

namespace perfd::formats {

// Where each hop of a redirect led: the next one has the same id and one redirect more.
// Refers to the page.
class HarRedirects {
 public:
  explicit HarRedirects(model::PageLoad const& page);
  [[nodiscard]] std::string_view from(model::Resource const& resource) const;  // empty: nowhere

 private:
  using Key = std::pair<std::string_view, int>;
  std::map<Key, model::Resource const*> hops_;
};

// `measurement` has a page, and `resource` is of it.
void write_har_entry(JsonWriter& json, model::Measurement const& measurement,
                     model::Resource const& resource, HarRedirects const& redirects);

// In ms; -1 for what does not apply.
void har_timing(JsonWriter& json, std::string_view name, std::optional<Micros> value);

[[nodiscard]] inline double har_milliseconds(Micros span) {
  return static_cast<double>(span.count()) / 1000.0;
}

// Nothing where one is missing, or the later one comes first.
[[nodiscard]] inline std::optional<Micros> har_span(std::optional<WallTime> from,
                                                    std::optional<WallTime> to) {
  if (!from || !to || *to < *from) return std::nullopt;
  return *to - *from;
}

}  // namespace perfd::formats
