// /api/v1/failures: outcomes over time, and of each series.
#include <algorithm>
#include <array>
#include <map>

#include "web/api/sources.h"
#include "web/api/trend_answer.h"
#include "web/api/trend_endpoints.h"

namespace perfd::web::api {
namespace {

constexpr Column kOutcomes[] = {{"outcome", Type::text, "ok, or the code of a failure"},
                                {"n", Type::integer, "measurements"}};
constexpr Column kOverTime[] = {{"at", Type::integer, "the start of the step, µs since the epoch"},
                                {"outcome", Type::text, "ok, or the code of a failure"},
                                {"n", Type::integer, "measurements"}};
constexpr Column kBySeries[] = {kKeyColumns[0],
                                kKeyColumns[1],
                                kKeyColumns[2],
                                kKeyColumns[3],
                                kKeyColumns[4],
                                kKeyColumns[5],
                                {"n", Type::integer, "measurements"},
                                {"failed", Type::integer, "of them"}};

using Counts = std::map<std::size_t, std::int64_t>;  // by the outcome's code

std::string_view outcome_name(std::size_t code) {
  return model::name(static_cast<model::FailureCode>(code));
}

void add_outcomes(Counts& counts, TrendSlot const& slot) {
  for (std::size_t code = 0; code < slot.outcomes.size(); ++code)
    if (slot.outcomes[code] > 0) counts[code] += slot.outcomes[code];
}

// Everything together, and the sums of each series.
class Outcomes {
 public:
  void add_slot(model::SeriesKey const& key, TrendSlot const& slot) {
    add_outcomes(all_, slot);
    add_outcomes(steps_[slot.at], slot);
    if (series_.empty() || series_.back().key != key) series_.push_back({key});
    series_.back().n += slot.n;
    series_.back().failed += slot.failed;
  }
  void write(formats::JsonWriter& json) const {
    std::int64_t total = 0;
    for (auto const& [code, n] : all_) total += n;
    auto const ok = all_.find(static_cast<std::size_t>(model::FailureCode::ok));
    json.field("total", total);
    json.field("failed", total - (ok == all_.end() ? 0 : ok->second));
    Table outcomes(Form::json, kOutcomes);
    for (auto const& [code, n] : all_) outcomes.row({outcome_name(code), n});
    field(json, "outcomes", outcomes);
    Table steps(Form::json, kOverTime);
    for (auto const& [at, counts] : steps_)
      for (auto const& [code, n] : counts) steps.row({at, outcome_name(code), n});
    field(json, "series", steps);
    Table series(Form::json, kBySeries);
    for (auto const& one : series_) {
      auto const lead = key_cells(one.key);
      std::array<Cell, std::size(kBySeries)> cells;
      std::copy(lead.begin(), lead.end(), cells.begin());
      cells[lead.size()] = one.n;
      cells[lead.size() + 1] = one.failed;
      series.row(cells);
    }
    field(json, "by_series", series);
  }

 private:
  struct OfSeries {
    model::SeriesKey key;
    std::int64_t n = 0;
    std::int64_t failed = 0;
  };

  static void field(formats::JsonWriter& json, std::string_view name, Table const& table) {
    json.key(name).begin_object();
    table.write_fields(json);
    json.end_object();
  }

  Counts all_;
  std::map<std::int64_t, Counts> steps_;
  std::vector<OfSeries> series_;
};

Checked<Answer> make_failures(Call const& call, Sources& sources) {
  TrendAsked asked;
  asked.which = call.arguments.which();
  asked.by = TrendAsked::By::time;
  asked.points = static_cast<std::size_t>(call.arguments.number("points"));
  asked.max_series = kMostFailureSeries;
  Outcomes outcomes;
  std::string lines;
  auto const told = sources.trends->ask(asked, [&](auto const& key, auto const& slot) {
    if (call.form != Form::csv) return outcomes.add_slot(key, slot);
    auto table = table_of(call.form, kOverTime, key);
    Counts counts;
    add_outcomes(counts, slot);
    for (auto const& [code, n] : counts) table.row({slot.at, outcome_name(code), n});
    lines += table.lines();
  });
  if (!told) return unavailable(told.error());
  if (call.form == Form::csv)
    return Answer{Table(call.form, kOverTime, kKeyColumns).head() + lines};
  Answer out;
  formats::JsonWriter json(out.body);
  json.begin_object();
  write_told(json, std::nullopt, *told);
  json.field("step_us", told->step.count());
  json.field("left_off", static_cast<std::int64_t>(told->left_off));
  outcomes.write(json);
  json.end_object();
  return out;
}

}  // namespace

Endpoint failures() {
  Address address;
  address.name = "failures";
  address.about =
      "How measurements ended: in all, over time, and of each series (.csv: of each series over "
      "time)";
  address.filters = Filters::all;
  address.period = kWeek;
  address.parameters = {{"points", Parameter::Type::number,
                         "at most so many steps; each is a usual length of time, from 1 s on",
                         "100", 1, 2000}};
  auto fields = told_shapes(false);
  fields.push_back(value("step_us", Type::integer, "the length of a step"));
  fields.push_back(value("left_off", Type::integer, "series beyond the first 2000: not counted"));
  fields.push_back(value("total", Type::integer, "measurements"));
  fields.push_back(value("failed", Type::integer, "of them"));
  fields.push_back(table("outcomes", "ok is one of them", kOutcomes));
  fields.push_back(table("series", "over time, all series together", kOverTime));
  fields.push_back(table("by_series", "by experiment", kBySeries));
  address.answer = object("", "", std::move(fields));
  return {std::move(address), make_failures};
}

}  // namespace perfd::web::api
