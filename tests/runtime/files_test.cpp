// Files that are read in pieces while others take their names.
#include "runtime/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace perfd::runtime {
namespace {

class FilesTest : public testing::Test {
 protected:
  ~FilesTest() override { std::filesystem::remove_all(folder_); }
  void put(std::string const& name, std::string const& content) {
    std::ofstream(folder_ / name) << content;
  }
  std::filesystem::path folder_ = make_temporary_folder("perfd-files-test").value();
};

TEST_F(FilesTest, AReaderStaysWithItsFile) {
  put("a", "0123456789");
  auto reader = FileReader::open(folder_ / "a").value();
  EXPECT_EQ(reader.size(), 10U);
  EXPECT_EQ(reader.read(4).value(), "0123");
  put("b", "another");
  ASSERT_TRUE(put_in_place(folder_ / "b", folder_ / "a"));
  EXPECT_EQ(reader.read(100).value(), "456789");
  EXPECT_EQ(reader.read(100).value(), "");
  EXPECT_EQ(read_file(folder_ / "a", 100).value(), "another");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "b"));
}

TEST_F(FilesTest, OnlyFilesAreRead) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(FileReader::open(folder_ / "pipe"));
  EXPECT_FALSE(FileReader::open(folder_));
  auto const missing = FileReader::open(folder_ / "missing");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, boost::system::errc::no_such_file_or_directory);
}

TEST_F(FilesTest, WhatCannotBePutInPlaceIsAnError) {
  EXPECT_FALSE(put_in_place(folder_ / "missing", folder_ / "a"));
  put("a", "x");
  EXPECT_FALSE(put_in_place(folder_ / "a", folder_ / "no-such-folder" / "a"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "a"));
}

}  // namespace
}  // namespace perfd::runtime
