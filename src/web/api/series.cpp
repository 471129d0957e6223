// /api/v1/series: percentiles over time, of each series.
#include <array>

#include "stats/counted.h"
#include "web/api/sources.h"
#include "web/api/trend_answer.h"
#include "web/api/trend_endpoints.h"

namespace perfd::web::api {
namespace {

constexpr Column kSteps[] = {{"at", Type::integer, "the start of the step, µs since the epoch"},
                             {"n", Type::integer, "measurements with a value"},
                             {"failed", Type::integer, "measurements that failed"},
                             {"p5", Type::integer, "5 % of the values are under it", true},
                             {"p25", Type::integer, "", true},
                             {"p50", Type::integer, "the median", true},
                             {"p75", Type::integer, "", true},
                             {"p95", Type::integer, "", true},
                             {"max", Type::integer, "", true}};
constexpr std::array kPercentiles = {0.05, 0.25, 0.5, 0.75, 0.95, 1.0};

// Series come one after the other, each with its steps.
class SeriesWriter {
 public:
  explicit SeriesWriter(Form form) : form_(form), json_(text_) {
    if (form_ == Form::json)
      json_.begin_array();
    else
      text_ = Table(form_, kSteps, kKeyColumns).head();
  }

  void step(model::SeriesKey const& key, TrendSlot const& slot) {
    if (!table_ || key != key_) {
      finish_series();
      key_ = key;
      table_.emplace(table_of(form_, kSteps, key));
    }
    std::array<Cell, std::size(kSteps)> cells = {slot.at, stats::size_of(slot.values), slot.failed};
    auto cell = cells.begin() + 3;
    for (auto const value : stats::quantiles(slot.values, kPercentiles)) *cell++ = whole(value);
    table_->row(cells);
  }

  std::string finish() {
    finish_series();
    if (form_ == Form::json) json_.end_array();
    return std::move(text_);
  }

 private:
  void finish_series() {
    if (!table_) return;
    if (form_ != Form::json) {
      text_ += table_->lines();
      return;
    }
    json_.begin_object();
    write_key(json_, key_);
    table_->write_fields(json_);
    json_.end_object();
  }

  Form form_;
  std::string text_;
  formats::JsonWriter json_;
  model::SeriesKey key_;
  std::optional<Table> table_;
};

Checked<Answer> make_series(Call const& call, Sources& sources) {
  TrendAsked asked;
  asked.which = call.arguments.which();
  asked.quantity = quantity_of(call.arguments);
  asked.by = TrendAsked::By::time;
  asked.points = static_cast<std::size_t>(call.arguments.number("points"));
  asked.max_series = kMostSeries;
  SeriesWriter series(call.form);
  auto const told = sources.trends->ask(
      asked, [&](auto const& key, auto const& slot) { series.step(key, slot); });
  if (!told) return unavailable(told.error());
  auto text = series.finish();
  if (call.form == Form::csv) return Answer{std::move(text)};
  Answer out;
  formats::JsonWriter json(out.body);
  json.begin_object();
  write_told(json, asked.quantity, *told);
  json.field("step_us", told->step.count());
  json.field("left_off", static_cast<std::int64_t>(told->left_off));
  json.key("series").raw(text);
  json.end_object();
  return out;
}

}  // namespace

Endpoint series_over_time() {
  Address address;
  address.name = "series";
  address.about = "Percentiles of a metric over time, for each series of measurements";
  address.filters = Filters::all;
  address.period = kWeek;
  address.parameters = {
      metric_parameter("ttlb"),
      {"points", Parameter::Type::number,
       "at most so many steps; each is a usual length of time, from 1 s on", "300", 1, 2000}};
  auto fields = told_shapes(true);
  fields.push_back(value("step_us", Type::integer, "the length of a step"));
  fields.push_back(value("left_off", Type::integer, "series beyond the first 60"));
  fields.push_back(
      list("series", "those that have the metric, by experiment",
           table_and("", "steps without measurements are left out", kSteps, {key_shape()})));
  address.answer = object("", "", std::move(fields));
  return {std::move(address), make_series};
}

}  // namespace perfd::web::api
