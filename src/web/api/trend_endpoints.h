// The addresses that tell of many results at once: /series, /distribution, /failures, /heatmap.
// Thread: constant; answers are made on a thread of the pool.
#pragma once

#include "web/api/endpoint.h"

namespace perfd::web::api {

[[nodiscard]] Endpoint series_over_time();
[[nodiscard]] Endpoint distribution();
[[nodiscard]] Endpoint failures();
[[nodiscard]] Endpoint heatmap();

}  // namespace perfd::web::api
