#include "web/api/own_endpoints.h"
#include "web/api/trend_endpoints.h"

namespace perfd::web::api {

std::vector<Endpoint> endpoints() {
  return {status_endpoint(),  measurements_endpoint(), events_endpoint(),
          series_over_time(), distribution(),          failures(),
          heatmap(),          circuits_endpoint(),     circuit_results_endpoint(),
          guards_endpoint(),  comparisons_endpoint(),  alerts_endpoint()};
}

}  // namespace perfd::web::api
