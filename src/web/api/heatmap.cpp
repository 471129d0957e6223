// /api/v1/heatmap: the hours of the week.
#include <array>

#include "stats/counted.h"
#include "web/api/sources.h"
#include "web/api/trend_answer.h"
#include "web/api/trend_endpoints.h"

namespace perfd::web::api {
namespace {

constexpr Column kHours[] = {{"weekday", Type::integer, "0 is Monday, UTC"},
                             {"hour", Type::integer, "0 to 23, UTC"},
                             {"n", Type::integer, "measurements with a value"},
                             {"failed", Type::integer, "measurements that failed"},
                             {"p50", Type::integer, "the median", true}};

Checked<Answer> make_heatmap(Call const& call, Sources& sources) {
  TrendAsked asked;
  asked.which = call.arguments.which();
  asked.quantity = quantity_of(call.arguments);
  asked.by = TrendAsked::By::hour_of_week;
  asked.together = true;
  Table hours(call.form, kHours);
  auto const told = sources.trends->ask(asked, [&](auto const& /*key*/, auto const& slot) {
    constexpr std::array kMedian = {0.5};
    auto const median = stats::quantiles(slot.values, kMedian);
    hours.row({slot.at / 24, slot.at % 24, stats::size_of(slot.values), slot.failed,
               median.empty() ? Cell() : Cell(whole(median.front()))});
  });
  if (!told) return unavailable(told.error());
  if (call.form == Form::csv) return Answer{hours.head() + hours.lines()};
  Answer out;
  formats::JsonWriter json(out.body);
  json.begin_object();
  write_told(json, asked.quantity, *told);
  hours.write_fields(json);
  json.end_object();
  return out;
}

}  // namespace

Endpoint heatmap() {
  Address address;
  address.name = "heatmap";
  address.about = "A metric by the hour of the week, over all measurements together";
  address.filters = Filters::all;
  address.period = kWeek;
  address.parameters = {metric_parameter("ttlb")};
  address.answer =
      table_and("", "hours without measurements are left out", kHours, told_shapes(true));
  return {std::move(address), make_heatmap};
}

}  // namespace perfd::web::api
