#include "web/api/alert.h"

namespace perfd::web::api {

Shape alert_shape() {
  return object("", "",
                {value("name", Type::text, "of the rule"), value("experiment", Type::text, ""),
                 value("arm", Type::text, "empty: all"), value("metric", Type::text, ""),
                 value("threshold", Type::number, "what must not be passed"),
                 value("unit", Type::text, ""), value("value", Type::number, "at present", true),
                 value("state", Type::text, "ok, failing, or no data"),
                 value("since", Type::integer, "when it became so", true),
                 value("reason", Type::text, "for a person")});
}

}  // namespace perfd::web::api
