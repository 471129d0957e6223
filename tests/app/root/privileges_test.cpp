// A daemon that is started as root: port 80, then an ordinary user for good.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/perfd_process.h"
#include "runtime/privileges.h"

namespace perfd::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class RootDaemon : public PerfdProcessTest {
 protected:
  ~RootDaemon() override { run({"stop", "--data", data()}); }
  [[nodiscard]] std::string data() const { return (folder_ / "data").string(); }
  // Of this test alone: there is one port 80 an address, and tests run side by side.
  [[nodiscard]] static std::string host() {
    auto const number = ::getpid();
    return "127.0." + std::to_string(number / 250 % 250 + 1) + "." +
           std::to_string(number % 250 + 1);
  }

  std::string configure(std::string const& user) {
    // Nobody answers there: this is about the daemon alone.
    return write("perfd.toml", "[vantage]\nname = \"root\"\n[server]\nlisten = [\"" + host() +
                                   ":80\"]\npublic-host = \"" + host() + "\"\nuser = \"" + user +
                                   "\"\n[store]\npath = \"" + data() +
                                   "/perfd.db\"\n[tor.default]\nattach = \"127.0.0.1:1\"\n");
  }
};

TEST_F(RootDaemon, BindsPort80ThenBecomesItsUserForGood) {
  ASSERT_TRUE(runtime::running_as_root());
  // The user must be able to come as far as the data folder.
  std::filesystem::permissions(folder_, std::filesystem::perms(0755));
  auto const started = run({"start", "-c", configure("nobody")});
  ASSERT_EQ(started.status.code, 0) << started.text();
  auto const ids = runtime::find_user("nobody", "").value();
  auto const pid = runtime::read_file(data() + "/perfd.pid", 64).value();
  auto const status =
      runtime::read_file("/proc/" + pid.substr(0, pid.find('\n')) + "/status", 1 << 16).value();
  auto const id = std::to_string(ids.user);
  EXPECT_THAT(status, HasSubstr("Uid:\t" + id + "\t" + id + "\t" + id + "\t" + id));
  EXPECT_THAT(status,
              AllOf(HasSubstr("CapEff:\t0000000000000000"), HasSubstr("CapPrm:\t0000000000000000"),
                    HasSubstr("CapBnd:\t0000000000000000"), HasSubstr("NoNewPrivs:\t1")));
  for (auto const& entry : std::filesystem::directory_iterator(data())) {
    struct stat owner {};
    ASSERT_EQ(::stat(entry.path().c_str(), &owner), 0);
    EXPECT_EQ(owner.st_uid, ids.user) << entry.path();
  }
  auto const measured =
      run({"measure", "download", "--socks", "127.0.0.1:1", "--url", "http://" + host() + "/"});
  EXPECT_EQ(measured.status.code, 1) << "the program is still usable by root";
}

TEST_F(RootDaemon, ALinkInItsUsersFolderIsNotFollowed) {
  std::filesystem::permissions(folder_, std::filesystem::perms(0755));
  auto const config = configure("nobody");
  auto const first = run({"start", "-c", config});
  ASSERT_EQ(first.status.code, 0) << first.text();
  ASSERT_EQ(run({"stop", "--data", data()}).status.code, 0);
  // Now the folder is nobody's, who may put into it what it likes.
  auto const victim = write("victim", "precious\n");
  for (auto const* const trap : {"perfd.pid", "perfd.log"}) {
    auto const path = std::filesystem::path(data()) / trap;
    std::filesystem::remove(path);
    std::filesystem::create_symlink(victim, path);
    EXPECT_EQ(run({"start", "-c", config}).status.code, 3) << trap;
    std::filesystem::remove(path);
    EXPECT_EQ(runtime::read_file(victim, 100).value(), "precious\n") << trap;
  }
  auto const last = run({"start", "-c", config});
  EXPECT_EQ(last.status.code, 0) << last.text();
}

TEST_F(RootDaemon, AnUnknownUserIsAnErrorWithItsRemedy) {
  auto const started = run({"start", "-c", configure("no-such-user-here")});
  EXPECT_EQ(started.status.code, 3);
  EXPECT_THAT(started.text(), AllOf(HasSubstr("no-such-user-here"), HasSubstr("adduser")));
}

}  // namespace
}  // namespace perfd::app
