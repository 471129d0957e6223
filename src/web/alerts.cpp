#include "web/alerts.h"

#include <boost/json.hpp>
#include <cmath>
#include <utility>

namespace perfd::web {
namespace {

namespace json = boost::json;

json::value number(report::SloMetric metric, double value) {
  if (report::is_share(metric)) return value;
  return static_cast<std::int64_t>(std::llround(value));
}

json::object object(report::SloVerdict const& verdict) {
  json::object out{{"name", verdict.rule},
                   {"experiment", verdict.experiment},
                   {"arm", verdict.arm},
                   {"metric", json::string(report::name(verdict.metric))},
                   {"threshold", number(verdict.metric, verdict.threshold)},
                   {"unit", report::is_share(verdict.metric) ? "share" : "us"},
                   {"value", nullptr},
                   {"state", json::string(report::name(verdict.state))},
                   {"since", nullptr},
                   {"reason", verdict.reason}};
  if (verdict.value) out["value"] = number(verdict.metric, *verdict.value);
  if (verdict.since) out["since"] = to_us(*verdict.since);
  return out;
}

}  // namespace

void Alerts::set(List verdicts) {
  auto made = std::make_shared<List const>(std::move(verdicts));
  std::lock_guard const lock(mutex_);
  latest_.swap(made);
}

std::shared_ptr<Alerts::List const> Alerts::latest() const {
  std::lock_guard const lock(mutex_);
  return latest_;
}

std::string alerts_array(Alerts::List const& verdicts) {
  json::array rules;
  for (auto const& verdict : verdicts) rules.push_back(object(verdict));
  return json::serialize(rules);
}

}  // namespace perfd::web
