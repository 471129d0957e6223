// Compressed files and tarballs, made for tests.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace perfd::testing {

// A real file of tests/data, whole.
[[nodiscard]] std::string sample(std::string const& name);
void write_file(std::filesystem::path const& path, std::string const& text);
// `filter` is "xz", "gzip" or "none".
void write_compressed(std::filesystem::path const& path, std::string const& text,
                      std::string const& filter);
[[nodiscard]] std::string compressed(std::string const& text, std::string const& filter);
void write_tarball(std::filesystem::path const& path,
                   std::vector<std::pair<std::string, std::string>> const& files,
                   std::string const& filter);

}  // namespace perfd::testing
