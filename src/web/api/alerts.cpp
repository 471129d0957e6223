// /api/v1/alerts: the thresholds of [results] slo, as they were judged last (web/alerts.h).
#include "web/api/alert.h"
#include "web/api/own_endpoints.h"
#include "web/api/sources.h"

namespace perfd::web::api {

Endpoint alerts_endpoint() {
  Endpoint out;
  out.address.name = "alerts";
  out.address.about =
      "The thresholds of `[results] slo` ([thresholds.md](thresholds.md)), as the daemon judged "
      "them last: every minute. No rules without such a file.";
  out.address.answer = object("", "", {list("rules", "one for each threshold", alert_shape())});
  out.address.csv = false;
  out.address.of_results = false;
  out.make = [](Call const& /*call*/, Sources& sources) -> Checked<Answer> {
    return Answer{"{\"rules\":" + alerts_array(sources.alerts) + "}\n"};
  };
  return out;
}

}  // namespace perfd::web::api
