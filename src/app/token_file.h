// The token of [results] token-file.
// Thread: any; blocks for as long as a local disk does.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace perfd::app {

// What the file has, without the line end. Errors, with the remedy: others than its owner may read
// or change it; it is no text of 16 to 256 letters, digits and punctuation marks.
[[nodiscard]] Result<std::string> read_token(std::filesystem::path const& path);

}  // namespace perfd::app
