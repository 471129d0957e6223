#include "web/api/alert.h"

namespace perfd::web::api {

Shape alert_shape() {
  return object("", "",
                {value("name", Type::text, "of the rule"), value("experiment", Type::text, ""),
                 value("arm", Type::text, "empty: it has none"),
                 value("metric", Type::text, "ttfb_p90, ttlb_p90, failure_rate or freshness"),
                 value("threshold", Type::number, "what must not be passed"),
                 value("unit", Type::text, "us, or share: from 0 to 1"),
                 value("value", Type::number, "of the latest window that tells, or now", true),
                 value("state", Type::text, "ok, failing, or no data"),
                 value("since", Type::integer, "when it became so", true),
                 value("reason", Type::text, "for a person")});
}

}  // namespace perfd::web::api
