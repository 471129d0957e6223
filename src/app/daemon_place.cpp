#include "app/daemon_place.h"

#include "runtime/files.h"

namespace perfd::app {

Result<DaemonPlace> take_place(config::Settings const& settings) {
  auto data = data_folder_of_store(settings.store.path);
  if (auto made = runtime::make_folder(data.folder); !made)
    return Error{"the data folder: " + made.error().message +
                     "; name one where you may write in [store] path",
                 made.error().code};
  auto pid_file = runtime::PidFile::take(data.pid_file());
  if (!pid_file) return pid_file.error();
  return DaemonPlace{std::move(data), std::move(*pid_file)};
}

std::optional<std::filesystem::path> log_target(config::Settings const& settings,
                                                DataFolder const& data, bool background) {
  if (settings.log.file) return std::filesystem::absolute(*settings.log.file);
  return background ? std::optional(data.log_file()) : std::nullopt;
}

}  // namespace perfd::app
