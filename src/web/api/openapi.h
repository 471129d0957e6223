// The API as an OpenAPI 3.1 document, made of the addresses: /api/v1/openapi.json.
// Thread: pure function.
#pragma once

#include <string>
#include <vector>

#include "web/api/endpoint.h"

namespace perfd::web::api {

[[nodiscard]] std::string openapi_document(std::vector<Endpoint> const& endpoints,
                                           std::string const& version);

}  // namespace perfd::web::api
