#include "web/api/trend_answer.h"

#include <cmath>

namespace perfd::web::api {

std::array<Cell, 6> key_cells(model::SeriesKey const& key) {
  return {key.source, key.experiment, key.arm, model::name(key.kind), key.target, key.filesize};
}

Shape key_shape() {
  std::vector<Shape> fields;
  for (auto const& column : kKeyColumns)
    fields.push_back(value(column.name, column.type, column.about));
  return object("key", "what its measurements have in common", std::move(fields));
}

void write_key(formats::JsonWriter& json, model::SeriesKey const& key) {
  auto const cells = key_cells(key);
  json.key("key").begin_object();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    json.key(kKeyColumns[i].name);
    cells[i].append_json(json);
  }
  json.end_object();
}

Table table_of(Form form, Columns columns, model::SeriesKey const& key) {
  auto const lead = key_cells(key);
  return {form, columns, kKeyColumns, {lead[0], lead[1], lead[2], lead[3], lead[4], lead[5]}};
}

Parameter metric_parameter(std::string_view default_value) {
  Parameter out;
  out.name = "metric";
  out.type = Parameter::Type::word;
  out.about = "which number of the measurements";
  out.default_value = default_value;
  out.words = metric_words();
  return out;
}

report::Quantity quantity_of(Arguments const& arguments) {
  auto const name = arguments.text("metric");
  for (std::size_t i = 0; i < report::kQuantities; ++i)
    if (report::name(report::quantity(i)) == name) return report::quantity(i);
  return report::Quantity::last_byte;
}

std::string_view unit_of(report::Quantity quantity) {
  return report::is_rate(quantity) ? "bit/s" : "us";
}

std::int64_t whole(double value) { return std::llround(value); }

std::vector<Shape> told_shapes(bool with_metric) {
  std::vector<Shape> out;
  if (with_metric) {
    out.push_back(value("metric", Type::text, "as it was asked for"));
    out.push_back(value("unit", Type::text, "of all values: us or bit/s"));
  }
  out.push_back(value("since", Type::integer,
                      "the time that was looked at, µs since the epoch; whole hours where the "
                      "answer is not exact"));
  out.push_back(value("until", Type::integer, "its end"));
  out.push_back(value("exact", Type::boolean,
                      "from the measurements themselves; else from counts of hours and days, and "
                      "values are within 1 %"));
  out.push_back(value("sampled", Type::boolean,
                      "only the newest measurements were looked at, since there are too many to "
                      "look at each"));
  return out;
}

void write_told(formats::JsonWriter& json, std::optional<report::Quantity> quantity,
                TrendTold const& told) {
  if (quantity) {
    json.field("metric", report::name(*quantity));
    json.field("unit", unit_of(*quantity));
  }
  json.field("since", to_us(told.since));
  json.field("until", to_us(told.until));
  json.key("exact").boolean(told.exact);
  json.key("sampled").boolean(told.sampled);
}

}  // namespace perfd::web::api
