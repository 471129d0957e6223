#include "app/api_sources.h"

#include <cmath>
#include <utility>

#include "app/chosen_results.h"
#include "formats/jsonl.h"

namespace perfd::app {
namespace {

namespace api = web::api;

// Records that are read for one answer where only they tell which results are meant.
constexpr std::size_t kMostJudged = 5000;

store::ByTime::Page page_asked(api::ResultsAsked const& asked, std::size_t most) {
  store::ByTime::Page out;
  out.filter = to_store_filter(asked.which);
  if (asked.behind) out.behind = store::PlaceInTime{asked.behind->at, asked.behind->seq};
  out.oldest_first = asked.oldest_first;
  out.most = most;
  return out;
}

api::ListedResult listed(store::Brief const& brief) {
  api::ListedResult out;
  out.place = {brief.at, brief.seq};
  out.id = brief.id;
  out.source = brief.source;
  out.experiment = brief.experiment;
  out.arm = brief.arm;
  out.kind = brief.kind;
  out.target = brief.target;
  out.filesize = brief.filesize;
  out.instance = brief.instance;
  out.outcome = brief.outcome;
  out.ttfb = brief.ttfb;
  out.ttlb = brief.ttlb;
  return out;
}

std::optional<std::int64_t> value_in(model::Measurement const& measurement,
                                     std::optional<report::Quantity> quantity) {
  if (!quantity || !measurement.outcome.ok()) return std::nullopt;
  auto const value = report::values_of(measurement)[report::number_of(*quantity)];
  return std::isnan(value) ? std::nullopt : std::optional<std::int64_t>(std::llround(value));
}

}  // namespace

// A full page may be the last one; the next is then empty.
Result<StoredResults::Reached> StoredResults::list(
    api::ResultsAsked const& asked, std::function<void(api::ListedResult const&)> const& each) {
  if (asked.which.needs_record()) return list_selected(asked, each);
  auto const page = page_asked(asked, asked.most);
  Reached reached;
  auto const give = [&](api::ListedResult const& result) {
    reached = result.place;
    each(result);
    return true;
  };
  auto const count =
      asked.metric ? results_.figures(page,
                                      [&](auto const& brief, model::Measurement const* figures) {
                                        auto result = listed(brief);
                                        if (figures != nullptr)
                                          result.value = value_in(*figures, asked.metric);
                                        return give(result);
                                      })
                   : results_.briefs(page, [&](auto const& brief) { return give(listed(brief)); });
  if (!count) return count.error();
  return *count < asked.most ? Reached() : reached;
}

Result<StoredResults::Reached> StoredResults::list_selected(
    api::ResultsAsked const& asked, std::function<void(api::ListedResult const&)> const& each) {
  Reached reached;
  std::size_t given = 0;
  auto const count = results_.records(
      page_asked(asked, kMostJudged), [&](store::Brief const& brief, std::string const& line) {
        reached = api::Place{brief.at, brief.seq};
        auto const measurement = formats::from_json_line(line);
        if (!measurement || !model::selects(asked.which, *measurement)) return true;
        auto result = listed(brief);
        result.value = value_in(*measurement, asked.metric);
        each(result);
        return ++given < asked.most;
      });
  if (!count) return count.error();
  return *count < kMostJudged && given < asked.most ? Reached() : reached;
}

Result<StoredResults::Reached> StoredResults::records(
    api::ResultsAsked const& asked, std::function<bool(std::string const&)> const& each) {
  auto const most = asked.which.needs_record() ? kMostJudged : asked.most;
  Reached reached;
  std::size_t given = 0;
  bool stopped = false;
  auto const count = results_.records(page_asked(asked, most),
                                      [&](store::Brief const& brief, std::string const& line) {
                                        reached = api::Place{brief.at, brief.seq};
                                        if (!record_is_selected(asked.which, line)) return true;
                                        stopped = !each(line) || ++given == asked.most;
                                        return !stopped;
                                      });
  if (!count) return count.error();
  return *count < most && !stopped ? Reached() : reached;
}

Result<bool> StoredResults::measurements(model::Selection const& which, std::size_t most,
                                         bool whole,
                                         std::function<void(model::Measurement&)> const& each) {
  store::ByTime::Page page;
  page.filter = to_store_filter(which);
  page.most = most + 1;
  std::size_t looked_at = 0;
  auto const judge = [&](model::Measurement* measurement) {
    if (++looked_at > most) return false;
    if (measurement != nullptr && (!which.needs_record() || model::selects(which, *measurement)))
      each(*measurement);
    return true;
  };
  auto const count = whole || which.needs_record()
                         ? results_.records(page,
                                            [&](auto const&, std::string const& line) {
                                              auto measurement = formats::from_json_line(line);
                                              return judge(measurement ? &*measurement : nullptr);
                                            })
                         : results_.figures(page, [&](auto const&, model::Measurement* figures) {
                             return judge(figures);
                           });
  if (!count) return count.error();
  return *count > most;
}

Result<api::StoreExtent> StoredResults::extent() {
  auto const extent = results_.extent();
  if (!extent) return extent.error();
  return api::StoreExtent{extent->measurements, extent->oldest, extent->newest, extent->bytes};
}

Result<std::vector<api::ListedCircuit>> StoredCircuits::circuits(api::CircuitsAsked const& asked) {
  auto rows = tors_.circuits({asked.instance, asked.since, asked.until, asked.before, asked.most});
  if (!rows) return rows.error();
  std::vector<api::ListedCircuit> out;
  out.reserve(rows->size());
  for (auto& row : *rows) out.push_back({row.row, std::move(row.circuit)});
  return out;
}

Result<std::vector<api::CircuitCount>> StoredCircuits::circuit_counts(WallTime since,
                                                                      WallTime until) {
  auto counts = tors_.circuit_counts(since, until);
  if (!counts) return counts.error();
  std::vector<api::CircuitCount> out;
  for (auto& count : *counts)
    out.push_back(
        {std::move(count.instance), std::move(count.result), std::move(count.reason), count.n});
  return out;
}

Result<std::vector<model::GuardChoice>> StoredCircuits::guard_choices(WallTime since,
                                                                      WallTime until,
                                                                      std::size_t most) {
  return tors_.guard_choices(since, until, most);
}

Result<std::map<std::string, std::string>> StoredCircuits::nicknames() { return tors_.nicknames(); }

}  // namespace perfd::app
