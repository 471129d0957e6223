// What an answer tells of a rule of the thresholds, in /api/v1/status and elsewhere.
// Thread: pure function.
#pragma once

#include "web/api/column.h"

namespace perfd::web::api {

[[nodiscard]] Shape alert_shape();

}  // namespace perfd::web::api
