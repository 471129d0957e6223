// Each address's own file, for endpoints.cpp. Internal to the API.
// Thread: made once.
#pragma once

#include "web/api/endpoint.h"

namespace perfd::web::api {

[[nodiscard]] Endpoint status_endpoint();
[[nodiscard]] Endpoint measurements_endpoint();
[[nodiscard]] Endpoint circuits_endpoint();
[[nodiscard]] Endpoint circuit_results_endpoint();
[[nodiscard]] Endpoint guards_endpoint();
[[nodiscard]] Endpoint comparisons_endpoint();
[[nodiscard]] Endpoint alerts_endpoint();
[[nodiscard]] Endpoint events_endpoint();  // answered by event_stream.h

}  // namespace perfd::web::api
