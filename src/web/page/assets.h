// The dashboard's script and style sheet, as dashboard/build.js made them for the program to hold.
// None where perfd was built without (PERFD_DASHBOARD=OFF).
// Thread: constants.
#pragma once

#include <span>
#include <string_view>

namespace perfd::web {

struct Asset {
  std::string_view name;  // "main.HASH.js": another content has another name
  std::string_view type;
  std::string_view plain;
  std::string_view gzip;  // the same, compressed
};

[[nodiscard]] std::span<Asset const> assets();

}  // namespace perfd::web
