// The log as a file: lines, and what logrotate does to it.
#include "app/log.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "runtime/files.h"

namespace perfd::app {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

class Log : public testing::Test {
 protected:
  ~Log() override {
    (void)log::set_up(log::LogLevel::info, std::nullopt);
    std::filesystem::remove_all(folder_);
  }

  static std::vector<std::string> lines(std::string const& path) {
    std::ifstream file(path);
    std::vector<std::string> out;
    for (std::string line; std::getline(file, line);) out.push_back(line);
    return out;
  }

  std::filesystem::path folder_ = runtime::make_temporary_folder("perfd-test").value();
  std::string path_ = (folder_ / "perfd.log").string();
  std::string moved_ = (folder_ / "perfd.log.1").string();
};

TEST_F(Log, IsOpenedAnewAfterARotation) {
  ASSERT_TRUE(log::set_up(log::LogLevel::info, path_));
  log::info("one", {{"what", "a value"}});
  std::filesystem::rename(path_, moved_);
  log::reopen();
  EXPECT_THAT(lines(path_), IsEmpty());  // but there
  EXPECT_TRUE(std::filesystem::exists(path_));
  log::info("two");
  EXPECT_THAT(lines(moved_), ElementsAre(EndsWith(" info event=one what=\"a value\"")));
  EXPECT_THAT(lines(path_), ElementsAre(EndsWith(" info event=two")));
}

TEST_F(Log, GoesOnWithTheFileThatItHadWhereItCanNotBeOpenedAnew) {
  ASSERT_TRUE(log::set_up(log::LogLevel::info, path_));
  std::filesystem::rename(path_, moved_);
  std::filesystem::create_directory(path_);
  log::reopen();
  log::info("two");
  EXPECT_THAT(lines(moved_), ElementsAre(HasSubstr(" error event=log-not-reopened what="),
                                         EndsWith(" info event=two")));
}

// A pipe stands for the slowest of disks: it can't be opened until somebody reads from it.
TEST_F(Log, NobodyWaitsUntilItIsOpenedAnew) {
  ASSERT_TRUE(log::set_up(log::LogLevel::info, path_));
  log::write_behind();
  std::filesystem::rename(path_, moved_);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  log::reopen();
  log::info("two");
  std::ifstream reader(path_);
  std::string line;
  std::getline(reader, line);
  EXPECT_THAT(line, EndsWith(" info event=two"));
}

}  // namespace
}  // namespace perfd::app
