#include "web/api/endpoint.h"

namespace perfd::web::api {

std::vector<Endpoint> endpoints() { return {}; }

}  // namespace perfd::web::api
