// Sources of the API in memory, with the rules of the store's.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "formats/jsonl.h"
#include "model/selection.h"
#include "web/api/sources.h"

namespace perfd::web::api {

class FakeResults final : public ResultSource {
 public:
  std::vector<model::Measurement> all;
  bool broken = false;

  Result<Reached> list(ResultsAsked const& asked,
                       std::function<void(ListedResult const&)> const& each) override {
    return walk(asked, [&](std::int64_t seq, model::Measurement const& m) {
      each(listed(seq, m, asked.metric));
      return true;
    });
  }
  Result<Reached> records(ResultsAsked const& asked,
                          std::function<bool(std::string const&)> const& each) override {
    return walk(asked, [&](std::int64_t, model::Measurement const& m) {
      return each(formats::to_json_line(m));
    });
  }
  Result<bool> measurements(model::Selection const& which, std::size_t most, bool /*whole*/,
                            std::function<void(model::Measurement&)> const& each) override {
    ResultsAsked asked;
    asked.which = which;
    asked.most = most;
    auto const reached = walk(asked, [&](std::int64_t, model::Measurement const& m) {
      auto copy = m;
      each(copy);
      return true;
    });
    if (!reached) return reached.error();
    return reached->has_value();
  }
  Result<StoreExtent> extent() override {
    if (broken) return Error{"the store is gone"};
    StoreExtent out;
    out.measurements = static_cast<std::int64_t>(all.size());
    for (auto const& m : all) {
      out.oldest_at = out.oldest_at ? std::min(*out.oldest_at, m.started_at) : m.started_at;
      out.newest_at = out.newest_at ? std::max(*out.newest_at, m.started_at) : m.started_at;
    }
    out.bytes = 4096;
    return out;
  }

 private:
  static ListedResult listed(std::int64_t seq, model::Measurement const& m,
                             std::optional<report::Quantity> metric) {
    ListedResult out;
    out.place = {m.started_at, seq};
    out.id = m.id;
    out.source = m.source;
    out.experiment = m.experiment;
    out.arm = m.arm;
    out.kind = m.kind;
    out.target = m.target;
    out.filesize = m.filesize;
    out.instance = m.tor.instance;
    out.outcome = model::name(m.outcome.code);
    out.ttfb = m.marks.between(model::mark::kStart, model::mark::kDataResponse);
    out.ttlb = m.marks.between(model::mark::kStart, model::mark::kDataComplete);
    if (metric && m.outcome.ok()) {
      auto const value = report::values_of(m)[report::number_of(*metric)];
      if (!std::isnan(value)) out.value = std::llround(value);
    }
    return out;
  }

  // Stops behind the one that `each` is false of. The number of a result is its place in `all`.
  template <class Each>
  Result<Reached> walk(ResultsAsked const& asked, Each each) {
    if (broken) return Error{"the store is gone"};
    std::vector<std::pair<std::pair<WallTime, std::int64_t>, model::Measurement const*>> order;
    for (std::size_t i = 0; i < all.size(); ++i)
      order.push_back({{all[i].started_at, static_cast<std::int64_t>(i) + 1}, &all[i]});
    std::sort(order.begin(), order.end());
    if (!asked.oldest_first) std::reverse(order.begin(), order.end());
    std::size_t given = 0;
    for (auto const& [place, m] : order) {
      if (asked.behind) {
        auto const from = std::pair(asked.behind->at, asked.behind->seq);
        if (asked.oldest_first ? place <= from : place >= from) continue;
      }
      if (!model::selects(asked.which, *m)) continue;
      bool const more = each(place.second, *m);
      if (++given == asked.most || !more) return Reached(Place{place.first, place.second});
    }
    return Reached();
  }
};

class FakeTors final : public TorSource {
 public:
  std::vector<model::Circuit> all;  // in the order of launch
  std::vector<CircuitCount> counts;
  std::vector<model::GuardChoice> choices;
  std::map<std::string, std::string> names;

  Result<std::vector<ListedCircuit>> circuits(CircuitsAsked const& asked) override {
    std::vector<ListedCircuit> out;
    for (auto row = static_cast<std::int64_t>(all.size()); row > 0 && out.size() < asked.most;
         --row) {
      auto const& circuit = all[static_cast<std::size_t>(row) - 1];
      if (asked.before && std::pair(circuit.launched_at, row) >= *asked.before) continue;
      if (asked.since && circuit.launched_at < *asked.since) continue;
      if (asked.until && circuit.launched_at >= *asked.until) continue;
      if (!asked.instance.empty() && circuit.instance != asked.instance) continue;
      out.push_back({row, circuit});
    }
    return out;
  }
  Result<std::vector<CircuitCount>> circuit_counts(WallTime /*since*/,
                                                   WallTime /*until*/) override {
    return counts;
  }
  Result<std::vector<model::GuardChoice>> guard_choices(WallTime /*since*/, WallTime /*until*/,
                                                        std::size_t /*most*/) override {
    return choices;
  }
  Result<std::map<std::string, std::string>> nicknames() override { return names; }
};

}  // namespace perfd::web::api
