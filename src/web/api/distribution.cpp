// /api/v1/distribution: how the values of each series are distributed.
#include <array>

#include "stats/counted.h"
#include "web/api/sources.h"
#include "web/api/trend_answer.h"
#include "web/api/trend_endpoints.h"

namespace perfd::web::api {
namespace {

constexpr Column kEcdf[] = {{"value", Type::integer, "in the unit"},
                            {"share", Type::number, "of the values, how many are not greater"}};
constexpr Column kHistogram[] = {{"from", Type::integer, "in the unit"},
                                 {"to", Type::integer, "values are below it"},
                                 {"n", Type::integer, "how many"}};
constexpr std::array kPs = {0.0, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0};
constexpr std::string_view kNames[] = {"min", "p5",  "p25", "p50", "p75",
                                       "p90", "p95", "p99", "max"};

Table ecdf_table(Form form, model::SeriesKey const& key, TrendSlot const& slot,
                 std::size_t points) {
  auto table = table_of(form, kEcdf, key);
  for (auto const& step : stats::ecdf(slot.values, points))
    table.row({whole(step.value), step.share});
  return table;
}

void write_quantiles(formats::JsonWriter& json, TrendSlot const& slot) {
  auto const values = stats::quantiles(slot.values, kPs);
  json.key("quantiles").begin_object();
  for (std::size_t i = 0; i < kPs.size(); ++i) {
    json.key(kNames[i]);
    if (values.empty())
      json.null();
    else
      json.value(whole(values[i]));
  }
  json.end_object();
}

void write_series(formats::JsonWriter& json, model::SeriesKey const& key, TrendSlot const& slot,
                  std::size_t points) {
  json.begin_object();
  write_key(json, key);
  json.field("n", stats::size_of(slot.values));
  json.field("failed", slot.failed);
  json.key("mean");
  if (auto const mean = stats::mean(slot.values))
    json.value(whole(*mean));
  else
    json.null();
  write_quantiles(json, slot);
  json.key("ecdf").begin_object();
  ecdf_table(Form::json, key, slot, points).write_fields(json);
  json.end_object();
  json.key("histogram").begin_object();
  Table bins(Form::json, kHistogram);
  for (auto const& bin : stats::histogram(slot.values)) bins.row({bin.from, bin.to, bin.n});
  bins.write_fields(json);
  json.end_object();
  json.end_object();
}

Checked<Answer> make_distribution(Call const& call, Sources& sources) {
  TrendAsked asked;
  asked.which = call.arguments.which();
  asked.quantity = quantity_of(call.arguments);
  asked.max_series = kMostSeries;
  auto const points = static_cast<std::size_t>(call.arguments.number("points"));
  bool const csv = call.form == Form::csv;
  std::string text = csv ? Table(call.form, kEcdf, kKeyColumns).head() : "";
  formats::JsonWriter list(text);
  if (!csv) list.begin_array();
  auto const told = sources.trends->ask(asked, [&](auto const& key, auto const& slot) {
    if (csv)
      text += ecdf_table(call.form, key, slot, points).lines();
    else
      write_series(list, key, slot, points);
  });
  if (!told) return unavailable(told.error());
  if (csv) return Answer{std::move(text)};
  list.end_array();
  Answer out;
  formats::JsonWriter json(out.body);
  json.begin_object();
  write_told(json, asked.quantity, *told);
  json.field("left_off", static_cast<std::int64_t>(told->left_off));
  json.key("series").raw(text);
  json.end_object();
  return out;
}

Shape series_shape() {
  std::vector<Shape> quantiles;
  for (auto const name : kNames) quantiles.push_back(value(name, Type::integer, "", true));
  return object("", "",
                {key_shape(), value("n", Type::integer, "measurements with a value"),
                 value("failed", Type::integer, "measurements that failed"),
                 value("mean", Type::integer, "", true),
                 object("quantiles", "p5: 5 % of the values are under it", std::move(quantiles)),
                 table("ecdf", "the empirical distribution, ascending", kEcdf),
                 table("histogram",
                       "the same bounds for all series, 20 to a power of ten, or 10 where these "
                       "would be more than 80",
                       kHistogram)});
}

}  // namespace

Endpoint distribution() {
  Address address;
  address.name = "distribution";
  address.about = "How a metric is distributed, for each series of measurements (.csv: the ecdf)";
  address.filters = Filters::all;
  address.period = kWeek;
  address.parameters = {
      metric_parameter("ttfb"),
      {"points", Parameter::Type::number, "at most so many steps of an ecdf", "200", 2, 2000}};
  auto fields = told_shapes(true);
  fields.push_back(value("left_off", Type::integer, "series beyond the first 60"));
  fields.push_back(list("series", "those that have the metric, by experiment", series_shape()));
  address.answer = object("", "", std::move(fields));
  return {std::move(address), make_distribution};
}

}  // namespace perfd::web::api
