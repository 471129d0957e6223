// Pictures of page loads are kept as long as their records, and nothing else is touched.
#include "app/screenshots.h"

#include <gmock/gmock.h>

#include <fstream>

#include "runtime/files.h"

namespace perfd::app {
namespace {

using std::chrono::hours;
using testing::UnorderedElementsAre;

class Screenshots : public testing::Test {
 protected:
  ~Screenshots() override { std::filesystem::remove_all(top_); }

  // A file that was written then.
  void at(std::string const& name, WallTime written) {
    std::ofstream(folder_ / name) << "content";
    std::filesystem::last_write_time(folder_ / name, std::chrono::file_clock::from_sys(written));
  }
  std::vector<std::string> files() {
    std::vector<std::string> out;
    for (auto const& entry : std::filesystem::directory_iterator(folder_))
      out.push_back(entry.path().filename());
    return out;
  }

  std::filesystem::path top_ = runtime::make_temporary_folder("perfd-test").value();
  std::filesystem::path folder_ = top_ / "screenshots";
  WallTime const now_ = wall_from_us(1795548192000000);
};

TEST_F(Screenshots, AreKeptUnderTheIdOfTheirRecord) {
  auto const kept = keep_screenshot(folder_, "id-1", "picture");
  ASSERT_TRUE(kept.has_value()) << kept.error().message;
  EXPECT_EQ(*kept, "id-1.png");
  EXPECT_EQ(runtime::read_file(folder_ / *kept, 100).value(), "picture");

  std::ofstream(top_ / "file") << "in the way";
  EXPECT_FALSE(keep_screenshot(top_ / "file", "id-1", "picture").has_value());
}

TEST_F(Screenshots, ThoseThatAreOlderThanTheRecordsGo) {
  std::filesystem::create_directories(folder_ / "folder.png");
  at("old.png", now_ - hours(25));
  at("older.png", now_ - hours(900));
  at("kept.png", now_ - hours(23));
  at("notes.txt", now_ - hours(900));
  at("png", now_ - hours(900));
  std::filesystem::last_write_time(folder_ / "folder.png",
                                   std::chrono::file_clock::from_sys(now_ - hours(900)));
  remove_screenshots_before(folder_, now_ - hours(24));
  EXPECT_THAT(files(), UnorderedElementsAre("kept.png", "notes.txt", "png", "folder.png"));
}

TEST_F(Screenshots, AFolderThatNobodyNeededYetIsNoTrouble) {
  remove_screenshots_before(folder_, now_);
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

}  // namespace
}  // namespace perfd::app
