#include "import/support/packed.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "places.h"

namespace perfd::testing {
namespace {

void add_filter(::archive* out, std::string const& filter) {
  if (filter == "xz") archive_write_add_filter_xz(out);
  if (filter == "gzip") archive_write_add_filter_gzip(out);
}

void add_entry(::archive* out, std::string const& name, std::string const& text) {
  auto* const entry = archive_entry_new();
  archive_entry_set_pathname(entry, name.c_str());
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
  archive_entry_set_perm(entry, 0644);
  ASSERT_EQ(archive_write_header(out, entry), ARCHIVE_OK) << archive_error_string(out);
  ASSERT_EQ(archive_write_data(out, text.data(), text.size()),
            static_cast<la_ssize_t>(text.size()));
  archive_entry_free(entry);
}

}  // namespace

std::string sample(std::string const& name) {
  std::ifstream in(perfd::test::data(name), std::ios::binary);
  EXPECT_TRUE(in) << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(std::filesystem::path const& path, std::string const& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << text;
  ASSERT_TRUE(out.flush()) << path;
}

void write_compressed(std::filesystem::path const& path, std::string const& text,
                      std::string const& filter) {
  std::filesystem::create_directories(path.parent_path());
  auto* const out = archive_write_new();
  add_filter(out, filter);
  archive_write_set_format_raw(out);
  ASSERT_EQ(archive_write_open_filename(out, path.c_str()), ARCHIVE_OK);
  add_entry(out, "data", text);
  ASSERT_EQ(archive_write_free(out), ARCHIVE_OK);
}

std::string compressed(std::string const& text, std::string const& filter) {
  auto const path =
      std::filesystem::path(::testing::TempDir()) / ("packed-" + std::to_string(::getpid()));
  write_compressed(path, text, filter);
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::filesystem::remove(path);
  return bytes;
}

void write_tarball(std::filesystem::path const& path,
                   std::vector<std::pair<std::string, std::string>> const& files,
                   std::string const& filter) {
  std::filesystem::create_directories(path.parent_path());
  auto* const out = archive_write_new();
  add_filter(out, filter);
  archive_write_set_format_pax_restricted(out);
  ASSERT_EQ(archive_write_open_filename(out, path.c_str()), ARCHIVE_OK);
  for (auto const& [name, text] : files) add_entry(out, name, text);
  ASSERT_EQ(archive_write_free(out), ARCHIVE_OK);
}

}  // namespace perfd::testing
