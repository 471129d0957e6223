#include "app/data_folder.h"

#include "base/text.h"
#include "config/config.h"

namespace perfd::app {

DataFolder data_folder_of_store(std::filesystem::path const& store) {
  auto const absolute = std::filesystem::absolute(store);
  return {absolute.parent_path(), absolute, absolute.parent_path() / "tor"};
}

DataFolder data_folder(std::filesystem::path const& folder) {
  auto const absolute = std::filesystem::absolute(folder);
  return {absolute, absolute / "perfd.db", absolute / "tor"};
}

Result<DataFolder> choose_data(std::string const& data, std::string const& config) {
  if (!data.empty()) return data_folder(data);
  std::error_code ignored;
  if (config.empty() && !std::filesystem::exists(kDefaultConfig, ignored))
    return data_folder_of_store(config::Store{}.path);
  auto const loaded = config::load_path(config.empty() ? kDefaultConfig : config);
  if (!loaded) return Error{std::string(trim(config::to_string(loaded.error())))};
  return data_folder_of_store(loaded->store.path);
}

}  // namespace perfd::app
