// The verdicts on thresholds (report/slo.h) as they were worked out last, at /api/v1/alerts.
// Thread: any; each call is whole.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "report/slo.h"

namespace perfd::web {

class Alerts {
 public:
  using List = std::vector<report::SloVerdict>;

  void set(List verdicts);
  // Empty where there are no rules.
  [[nodiscard]] std::shared_ptr<List const> latest() const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<List const> latest_ = std::make_shared<List const>();
};

// [{"name":…,"experiment":…,"arm":…,"metric":…,"threshold":…,"unit":"us"|"share","value":…,
// "state":…,"since":…,"reason":…}]
[[nodiscard]] std::string alerts_array(Alerts::List const& verdicts);

}  // namespace perfd::web
