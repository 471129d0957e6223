#include "model/allocation.h"

#include <array>

namespace perfd::model {
namespace {
constexpr std::array<std::string_view, 4> kOrigins = {"unknown", "ready", "pending", "built"};
}

std::string_view name(CircuitOrigin origin) {
  return kOrigins.at(static_cast<std::size_t>(origin));
}

std::optional<CircuitOrigin> circuit_origin(std::string_view name) {
  for (std::size_t i = 0; i < kOrigins.size(); ++i)
    if (kOrigins[i] == name) return static_cast<CircuitOrigin>(i);
  return std::nullopt;
}

}  // namespace perfd::model
