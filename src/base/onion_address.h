// Addresses of onion services, which carry a checksum: a slip can be told before anything is sent.
// Thread: pure functions. Source: rend-spec, "Encoding onion addresses".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace perfd {

// What is wrong with a host that ends in ".onion"; nullopt for a right one (subdomains are
// allowed) and for every other host.
[[nodiscard]] std::optional<std::string> onion_problem(std::string_view host);

}  // namespace perfd
