// Names, the index, and what is tidied away.
#include "publish/folder.h"

#include <fstream>

#include "publish/support/publish_fixture.h"

namespace perfd::publish {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FolderTest : public PublishTest {
 protected:
  void put(std::string const& file, std::string const& content) {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << content;
  }
};

TEST(Names, AreReadAsTheyAreWritten) {
  constexpr Day kDay = std::chrono::year(2026) / 11 / 24;
  EXPECT_EQ(analysis_name(kDay), "2026-11-24.onionperf.analysis.json.xz");
  EXPECT_EQ(tpf_name("op-a", "51200", kDay), "op-a-51200-2026-11-24.tpf");
  EXPECT_EQ(day_of_file(analysis_name(kDay)), kDay);
  EXPECT_EQ(day_of_file(tpf_name("op-a.b_c", "51200", kDay)), kDay);
}

TEST(Names, AllOthersAreNone) {
  for (auto const* name :
       {"", ".until", "index.xml", "2026-13-24.onionperf.analysis.json.xz",
        "2026-1-1.onionperf.analysis.json.xz", "x2026-11-24.onionperf.analysis.json.xz",
        "1700000000.onionperf.analysis.json.xz", "op-a-2026-11-24.tpf", "-51200-2026-11-24.tpf",
        "op-a-51200-2026-11-24", "../op-a-51200-2026-11-24.tpf", "op/a-51200-2026-11-24.tpf",
        "op-a-5x-2026-11-24.tpf", "51200-2026-11-24.tpf", "2026-11-24.tpf",
        ".new.7.op-a-51200-2026-11-24.tpf"})
    EXPECT_FALSE(day_of_file(name)) << name;
  for (auto const* source : {"", ".", "..", ".hidden", "a/b", "a b", "\xC3\xA4", "-x"})
    EXPECT_FALSE(is_source_name(source)) << source;
  EXPECT_FALSE(is_source_name(std::string(65, 'a')));
}

TEST_F(FolderTest, TheIndexHasSizesTimesAndDigests) {
  put("op-a/op-a-51200-2026-11-24.tpf", "abc");
  put("op-a/notes.txt", "nobody's business");
  std::filesystem::last_write_time(root_ / "op-a/op-a-51200-2026-11-24.tpf",
                                   std::chrono::file_clock::from_sys(at(25h + 61s)));
  ASSERT_TRUE(settle_folder(root_, kDay));
  EXPECT_EQ(bytes("op-a/index.xml"),
            "<?xml version='1.0' encoding='UTF-8'?>\n<files>\n"
            "  <file name=\"op-a-51200-2026-11-24.tpf\" size=\"3\" "
            "last_modified=\"2026-11-25 01:01:01\" "
            "sha256=\"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\"/>\n</files>\n");
}

TEST_F(FolderTest, WhatIsTooOldGoesAndWhatIsOthersStays) {
  put("op-a/op-a-51200-2026-11-23.tpf", "old");
  put("op-a/2026-11-23.onionperf.analysis.json.xz", "old");
  put("op-a/2026-11-24.onionperf.analysis.json.xz", "of the first day that is kept");
  put("op-a/.new.1.2026-11-24.onionperf.analysis.json.xz", "of one that was killed");
  put("op-a/" + temporary_name("2026-11-25.onionperf.analysis.json.xz"), "being written");
  put("op-a/op-a-notes.tpf", "of the owner");
  ASSERT_TRUE(settle_folder(root_, kDay));
  EXPECT_THAT(published(),
              ElementsAre("op-a/" + temporary_name("2026-11-25.onionperf.analysis.json.xz"),
                          "op-a/2026-11-24.onionperf.analysis.json.xz", "op-a/index.xml",
                          "op-a/op-a-notes.tpf"));
  EXPECT_THAT(bytes("op-a/index.xml"), testing::Not(HasSubstr("notes")));
}

TEST_F(FolderTest, WhatIsNotThereHasNoFiles) {
  EXPECT_TRUE(files_in(root_ / "op-a").value().empty());
  EXPECT_TRUE(sources_in(root_).empty());
  EXPECT_TRUE(settle_folder(root_, kDay));
}

}  // namespace
}  // namespace perfd::publish
