#include "model/measurement.h"

#include <array>

namespace perfd::model {
namespace {
constexpr std::array<std::string_view, 5> kNames = {"download", "upload", "page", "allocation",
                                                    "resolve"};
}

std::string_view name(Kind kind) { return kNames.at(static_cast<std::size_t>(kind)); }

std::optional<Kind> kind_from(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<Kind>(i);
  return std::nullopt;
}

}  // namespace perfd::model
