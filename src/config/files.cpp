// perfd.toml from the disk.
#include <algorithm>
#include <fstream>
#include <system_error>

#include "base/text.h"
#include "config/config.h"

namespace perfd::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 256;

Diagnostics only(fs::path const& path, std::string message) {
  return {{{path.string(), 0, 0, std::move(message)}}};
}

}  // namespace

// One byte more than is allowed, so that the loader sees that there is too much.
Result<Source> read_source(fs::path const& path) {
  std::error_code error;
  // Not a device or a pipe, which might never end.
  if (auto const status = fs::status(path, error); !fs::is_regular_file(status))
    return Error{"cannot be read: " + (error ? error.message()
                                       : status.type() == fs::file_type::not_found
                                           ? "no such file or folder"
                                           : "not a file")};
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxFileBytes + 1, '\0');
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file && !file.eof())
    return Error{"cannot be read: " + std::generic_category().message(errno)};
  text.resize(static_cast<std::size_t>(file.gcount()));
  return Source{path.string(), std::move(text)};
}

Loaded load_path(fs::path const& path) {
  std::vector<fs::path> files{path};
  std::error_code error;
  if (fs::is_directory(path, error)) {
    files.clear();
    fs::directory_iterator entries(path, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
      auto const name = entries->path().filename().string();
      if (name.ends_with(".toml") && !name.starts_with('.')) files.push_back(entries->path());
    }
    if (error) return only(path, "cannot be read: " + error.message());
    if (files.empty()) return only(path, "has no *.toml file");
    if (files.size() > kMaxFiles)
      return only(path, "has more than " + std::to_string(kMaxFiles) + " *.toml files");
    std::sort(files.begin(), files.end());
  }
  std::vector<Source> sources;
  Diagnostics unread;
  for (auto const& file : files) {
    auto source = read_source(file);
    if (source)
      sources.push_back(std::move(*source));
    else
      unread.list.push_back({file.string(), 0, 0, source.error().message});
  }
  if (!unread.list.empty()) return unread;
  return load(sources);
}

}  // namespace perfd::config
