// Where a perfd keeps its things, from its configuration or from --data.
// Thread: values.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace perfd::app {

inline constexpr char const* kDefaultConfig = "/etc/perfd.toml";

struct DataFolder {
  std::filesystem::path folder;
  std::filesystem::path store;  // the SQLite file
  std::filesystem::path tors;   // holds the data folder of each tor that is launched

  // The private keys of onion services: who has one is the service.
  [[nodiscard]] std::filesystem::path onion_key(std::string const& instance) const {
    return folder / "onion" / (instance + ".key");
  }
  // The certificate that perfd makes for its own https.
  [[nodiscard]] std::filesystem::path tls() const { return folder / "tls"; }
  // Lists of pages that were fetched.
  [[nodiscard]] std::filesystem::path lists() const { return folder / "lists"; }
  // Profiles of browsers, while they run; pictures of page loads.
  [[nodiscard]] std::filesystem::path browsers() const { return folder / "browser"; }
  [[nodiscard]] std::filesystem::path screenshots() const { return folder / "screenshots"; }
  // Files of each day for CollecTor.
  [[nodiscard]] std::filesystem::path published() const { return folder / "published"; }
  [[nodiscard]] std::filesystem::path pid_file() const { return folder / "perfd.pid"; }
  [[nodiscard]] std::filesystem::path log_file() const { return folder / "perfd.log"; }
  [[nodiscard]] std::filesystem::path status_file() const { return folder / "status.json"; }
};

// The folder of a store's file; of a --data argument the store is perfd.db inside it.
[[nodiscard]] DataFolder data_folder_of_store(std::filesystem::path const& store);
[[nodiscard]] DataFolder data_folder(std::filesystem::path const& folder);

// --data where given, else the store of the configuration that is named, else that of
// kDefaultConfig if there is one, else /var/lib/perfd.
[[nodiscard]] Result<DataFolder> choose_data(std::string const& data, std::string const& config);

}  // namespace perfd::app
