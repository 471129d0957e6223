// docs/api.md, made of the addresses: `perfd check --print-api > docs/api.md`.
// Thread: pure function.
#pragma once

#include <string>
#include <vector>

#include "web/api/endpoint.h"

namespace perfd::web::api {

[[nodiscard]] std::string api_reference(std::vector<Endpoint> const& endpoints);

}  // namespace perfd::web::api
