// What the answers about many results have in common: how a series is told, and what was looked
// at.
// Thread: pure functions.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "formats/json_writer.h"
#include "model/series_key.h"
#include "web/api/arguments.h"
#include "web/api/column.h"
#include "web/api/table.h"
#include "web/trends.h"

namespace perfd::web::api {

// "key" of a series, and in CSV the columns in front.
inline constexpr Column kKeyColumns[] = {
    {"source", Type::text, "the vantage point"},
    {"experiment", Type::text, "its name"},
    {"arm", Type::text, "of an A/B experiment; else empty"},
    {"kind", Type::text, "download, upload, page, allocation or resolve"},
    {"target", Type::text, "direct, onion, single-onion or a URL"},
    {"filesize", Type::integer, "bytes of payload; 0 of kinds that have none"}};

[[nodiscard]] std::array<Cell, 6> key_cells(model::SeriesKey const& key);
[[nodiscard]] Shape key_shape();
void write_key(formats::JsonWriter& json, model::SeriesKey const& key);
// A table of one series.
[[nodiscard]] Table table_of(Form form, Columns columns, model::SeriesKey const& key);

// The parameter metric=NAME, and the quantity that it gives.
[[nodiscard]] Parameter metric_parameter(std::string_view default_value);
[[nodiscard]] report::Quantity quantity_of(Arguments const& arguments);
// Values are whole numbers of this.
[[nodiscard]] std::string_view unit_of(report::Quantity quantity);
[[nodiscard]] std::int64_t whole(double value);

// metric and unit, where there is one; since, until, exact and sampled.
[[nodiscard]] std::vector<Shape> told_shapes(bool with_metric);
void write_told(formats::JsonWriter& json, std::optional<report::Quantity> quantity,
                TrendTold const& told);

inline constexpr std::size_t kMostSeries = 60;
inline constexpr std::size_t kMostFailureSeries = 2000;

}  // namespace perfd::web::api
