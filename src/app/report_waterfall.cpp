#include "app/report_waterfall.h"

#include "base/id.h"
#include "base/text.h"
#include "formats/jsonl.h"
#include "report/waterfall.h"

namespace perfd::app {
namespace {

constexpr auto kLast = "last";

Result<std::optional<model::Measurement>> newest_that_began(store::Reader& reader,
                                                            store::Filter filter) {
  filter.newest_first = true;
  std::optional<model::Measurement> out;
  std::optional<Error> error;
  auto const read = reader.for_each(filter, [&](store::Row const& row) {
    auto measurement = formats::from_json_line(row.record);
    if (!measurement) {
      error = measurement.error();
      return false;
    }
    if (measurement->started_at == WallTime{}) return true;  // a missed slot
    out = std::move(*measurement);
    return false;
  });
  if (!read) return read.error();
  if (error) return *error;
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

Result<> check_waterfall(std::string const& which) {
  if (which == kLast || is_id(which)) return {};
  return Error{"--waterfall '" + printable(which, 40) +
               "': write the id of a measurement, which has 26 digits and upper-case letters, or "
               "last"};
}

Result<std::optional<std::string>> waterfall_of(store::Reader& reader, store::Filter filter,
                                                std::string const& which) {
  using Page = std::optional<std::string>;
  auto const found =
      which == kLast ? newest_that_began(reader, std::move(filter)) : with_id(reader, which);
  if (!found) return found.error();
  if (!*found) return Page{};
  return Page{report::waterfall_page(**found, PERFD_VERSION)};
}

}  // namespace perfd::app
