// Pictures of page loads: a folder of PNG files, one a record, named by its id. They live as long
// as the records do.
// Thread: any; these block for as long as a local disk does.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace perfd::app {

// The name of the file in the folder, which is made where it is missing.
[[nodiscard]] Result<std::string> keep_screenshot(std::filesystem::path const& folder,
                                                  std::string const& id, std::string_view png);

// Deletes the pictures that were written before that moment, and nothing else that is in the
// folder; one that can't be deleted waits for the next time.
void remove_screenshots_before(std::filesystem::path const& folder, WallTime oldest);

}  // namespace perfd::app
