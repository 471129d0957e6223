#include "app/screenshots.h"

#include <chrono>
#include <system_error>
#include <utility>

#include "runtime/files.h"

namespace perfd::app {
namespace {

constexpr auto kPicture = ".png";

}  // namespace

Result<std::string> keep_screenshot(std::filesystem::path const& folder, std::string const& id,
                                    std::string_view png) {
  auto file = id + kPicture;
  if (auto const made = runtime::make_folder(folder); !made) return made.error();
  if (auto const written = runtime::write_file(folder / file, png); !written)
    return written.error();
  return success(std::move(file));
}

void remove_screenshots_before(std::filesystem::path const& folder, WallTime oldest) {
  auto const limit = std::chrono::file_clock::from_sys(oldest);
  std::error_code error;
  std::filesystem::directory_iterator const end;
  // By hand: the loop of the language throws where the folder can't be read to its end.
  for (std::filesystem::directory_iterator entry(folder, error); !error && entry != end;
       entry.increment(error)) {
    std::error_code failed;
    bool const picture = entry->path().extension() == kPicture && entry->is_regular_file(failed);
    if (failed || !picture) continue;
    auto const written = entry->last_write_time(failed);
    if (!failed && written < limit) std::filesystem::remove(entry->path(), failed);
  }
}

}  // namespace perfd::app
