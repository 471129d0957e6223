// Giving up root: what only root can try.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "runtime/files.h"
#include "runtime/privileges.h"

namespace perfd::runtime {
namespace {

// What the process is after the drop, told through its exit code: bits of what went wrong.
int drop_and_look(std::filesystem::path const& folder) {
  auto const ids = find_user("nobody", "").value();
  if (!give_to(ids, folder.string())) return 1;
  if (!drop_privileges(ids)) return 2;
  int wrong = 0;
  if (::setuid(0) == 0 || ::setresuid(0, 0, 0) == 0) wrong |= 4;
  if (::setgid(0) == 0) wrong |= 8;
  std::ofstream(folder / "made") << "x";
  struct stat status {};
  if (::stat((folder / "made").c_str(), &status) != 0 || status.st_uid != ids.user) wrong |= 16;
  if (std::ofstream("/etc/perfd-must-not-be-writable").good()) wrong |= 32;
  return wrong;
}

TEST(Privileges, RootIsGivenUpForGood) {
  ASSERT_TRUE(running_as_root()) << "this test needs root (it becomes 'nobody' in a child process)";
  auto const folder = make_temporary_folder("perfd-privileges").value();
  pid_t const child = ::fork();
  if (child == 0) ::_exit(drop_and_look(folder));
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace perfd::runtime
