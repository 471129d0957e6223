// One file or a folder of them, from the disk.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/text.h"
#include "config/support.h"

namespace perfd::config {
namespace {

namespace fs = std::filesystem;

class Folder : public testing::Test {
 protected:
  void SetUp() override {
    auto name = (fs::path(testing::TempDir()) / "perfd-config-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(std::string const& name, std::string const& text) const {
    std::ofstream(folder_ / name) << text;
  }
  [[nodiscard]] std::string path(std::string const& name) const {
    return (folder_ / name).string();
  }

  fs::path folder_;
};

TEST_F(Folder, IsMergedInTheOrderOfTheNames) {
  write("20-more.toml", "[experiment.b]\nsize = 1\nevery = \"1m\"\n[store]\nkeep = \"30d\"\n");
  write("10-base.toml", std::string(kMinimal) +
                            "[store]\npath = \"/x/perfd.db\"\n"
                            "[experiment.z]\nsize = 1\nevery = \"1m\"\n");
  write("notes.txt", "not TOML at all");
  write(".hidden.toml", "not TOML at all");
  auto const loaded = load_path(folder_);
  ASSERT_EQ(errors(loaded), "");
  ASSERT_EQ(loaded->experiments.size(), 2U);
  EXPECT_EQ(loaded->experiments[0].name, "z");
  EXPECT_EQ(loaded->experiments[1].name, "b");
  EXPECT_EQ(loaded->store.path, "/x/perfd.db");
  EXPECT_EQ(format_duration(loaded->store.keep), "30d");
}

TEST_F(Folder, RefusesWhatTwoFilesGive) {
  write("a.toml", std::string(kMinimal) + "[experiment.x]\nsize = 1\nevery = \"1m\"\n");
  write("b.toml", "[vantage]\nname = \"w\"\n[experiment.x]\nsize = 2\nevery = \"2m\"\n");
  EXPECT_EQ(errors(load_path(folder_)),
            path("b.toml") + ":2:1: vantage.name: is given twice: also at " + path("a.toml") +
                ":2:8\n" + path("b.toml") + ":3:13: experiment.x: is given twice: also at " +
                path("a.toml") + ":5:1\n");
}

TEST_F(Folder, ReportsTheErrorsOfAllFiles) {
  write("a.toml", "[vantage]\nname = v\n");
  write("b.toml", "[server]\nuser = 1\n");
  write("c.toml", "[srver]\n");
  EXPECT_EQ(errors(load_path(folder_)),
            path("a.toml") +
                ":2:8: not valid TOML: value: could not determine value type; if the value is "
                "text, put it in quotes\n" +
                path("b.toml") + ":2:8: server.user: must be a string, not an integer\n" +
                path("c.toml") + ":1:2: srver: unknown section; did you mean \"server\"?\n");
}

TEST_F(Folder, WithAMissingKeyIsNamedItself) {
  write("a.toml", "[server]\npublic-host = \"h\"\n");
  write("b.toml", "[log]\n");
  EXPECT_EQ(
      errors(load_path(folder_)),
      folder_.string() + ": vantage.name: is missing; expected: string; 1 to 64 characters\n");
}

TEST_F(Folder, WithoutFilesIsAnError) {
  EXPECT_EQ(errors(load_path(folder_)), folder_.string() + ": has no *.toml file\n");
}

TEST_F(Folder, AFileIsReadByItself) {
  write("perfd.toml", kMinimal);
  auto const loaded = load_path(folder_ / "perfd.toml");
  ASSERT_EQ(errors(loaded), "");
  EXPECT_EQ(loaded->vantage.name, "v");
}

TEST_F(Folder, AMissingFileAnOversizedOneAndADeviceAreErrors) {
  EXPECT_EQ(errors(load_path(folder_ / "gone.toml")),
            path("gone.toml") + ": cannot be read: No such file or directory\n");
  write("big.toml", std::string(kMaxFileBytes + 10, '#'));
  EXPECT_EQ(errors(load_path(folder_ / "big.toml")), path("big.toml") + ": is larger than 1 MiB\n");
  EXPECT_EQ(errors(load_path("/dev/zero")), "/dev/zero: cannot be read: not a file\n");
}

}  // namespace
}  // namespace perfd::config
