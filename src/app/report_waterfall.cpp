#include "app/report_waterfall.h"

#include "base/id.h"
#include "base/text.h"
#include "formats/jsonl.h"
#include "report/waterfall.h"

namespace perfd::app {
namespace {

constexpr auto kLast = "last";

Result<std::optional<model::Measurement>> newest_that_began(ChosenResults& results) {
  std::optional<model::Measurement> out;
  auto const read = results.for_each_newest_first([&](model::Measurement const& measurement) {
    if (measurement.started_at == WallTime{}) return true;  // a missed slot
    out = measurement;
    return false;
  });
  if (!read) return read.error();
  return out;
}

Result<std::optional<model::Measurement>> with_id(store::Reader& reader, std::string const& id) {
  using Found = std::optional<model::Measurement>;
  auto const row = reader.by_id(id);
  if (!row) return row.error();
  if (!*row) return Found{};
  auto measurement = formats::from_json_line((*row)->record);
  if (!measurement) return measurement.error();
  return Found{std::move(*measurement)};
}

}  // namespace

Result<> check_waterfall_name(std::string const& which) {
  if (which == kLast || is_id(which)) return {};
  return Error{"--waterfall '" + printable(which, 40) +
               "': write the id of a measurement, which has 26 digits and upper-case letters, or "
               "last"};
}

Result<std::optional<std::string>> waterfall_of(ChosenResults& results, std::string const& which) {
  using Page = std::optional<std::string>;
  auto const found = which == kLast ? newest_that_began(results) : with_id(results.reader(), which);
  if (!found) return found.error();
  if (!*found) return Page{};
  return Page{report::waterfall_page(**found, PERFD_VERSION)};
}

}  // namespace perfd::app
