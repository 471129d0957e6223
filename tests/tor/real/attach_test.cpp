// A running tor that perfd attaches to, in each of the ways that tor offers.
#include "tor/real/tor_world.h"

namespace perfd::tor {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;
using State = InstanceState;

// Somebody else's tor: started by the launcher, but not by an instance.
class AttachTest : public RealTorTest {
 protected:
  AttachTest() : output_(loop()) {}
  ~AttachTest() override { end_tor(); }

  void run_tor(std::vector<std::string> const& lines) {
    std::filesystem::create_directory(tor_folder_);
    std::filesystem::permissions(tor_folder_, std::filesystem::perms::owner_all);
    std::string torrc = "DataDirectory " + tor_folder_.string() + "\nSocksPort 127.0.0.1:auto\n";
    for (auto const& line : network().client_torrc()) torrc += line + "\n";
    for (auto const& line : lines) torrc += line + "\n";
    runtime::write_file(tor_folder_ / "torrc", torrc).value();
    runtime::write_file(tor_folder_ / "empty", "").value();
    runtime::ChildSpec spec;
    spec.program = testnet::find_tor();
    spec.arguments = {"--defaults-torrc", (tor_folder_ / "empty").string(), "-f",
                      (tor_folder_ / "torrc").string()};
    tor_.emplace(loop().run_until_done(launcher().start(std::move(spec))).value());
    output_.spawn("output", drain(tor_->output()));
  }
  void end_tor() {
    if (!tor_) return;
    loop().run_until_done(tor_->terminate(std::chrono::seconds{2}));
    loop().run_until_done(output_.stop());
    tor_.reset();
  }
  static runtime::Task<> drain(runtime::Descriptor& output) {
    runtime::LineReader lines(output);
    for (bool open = true; open;) open = (co_await lines.next()).has_value();
  }

  InstanceSettings attaching(std::string const& address, Credentials credentials) {
    InstanceSettings out;
    out.name = "attached";
    out.attach = runtime::Address::parse(address).value();
    out.credentials = std::move(credentials);
    out.times.shortest_backoff = std::chrono::milliseconds{20};
    out.times.longest_backoff = std::chrono::milliseconds{100};
    return out;
  }
  void expect_works(std::string const& user) {
    ASSERT_TRUE(wait_ready()) << instance_->detail();
    EXPECT_FALSE(instance_->pid());
    EXPECT_THAT(instance_->version(), StartsWith("0.4."));
    EXPECT_TRUE(instance_->consensus_valid_after());
    EXPECT_NE(stream_of_fetch(user), nullptr);
  }
  // Failures before tor listens come first.
  bool is_refused_with(std::string const& text) {
    return wait_until([&] {
      return instance_->state() == State::down &&
             instance_->detail().find(text) != std::string::npos;
    });
  }
  // A TCP port that nobody has now.
  static std::string free_address() {
    return runtime::BoundListener::bind(runtime::Address::parse("127.0.0.1:0").value())
        .value()
        .address()
        .text();
  }

  std::optional<runtime::Child> tor_;
  runtime::TaskGroup output_;
};

TEST_F(AttachTest, BySafeCookieOverTcpAndAgainAfterThatTorWasRestarted) {
  auto const control = free_address();
  std::vector<std::string> const lines = {"ControlPort " + control, "CookieAuthentication 1"};
  run_tor(lines);
  start(attaching(control, {}));
  expect_works("first");
  auto const run = instance_->tracker().run();

  end_tor();
  ASSERT_TRUE(wait_until([&] { return instance_->state() == State::down; }));
  EXPECT_THAT(instance_->detail(), AnyOf(HasSubstr("closed"), HasSubstr("reset")));
  run_tor(lines);
  expect_works("second");
  EXPECT_GT(instance_->tracker().run(), run);
}

TEST_F(AttachTest, ByPasswordOverAUnixSocket) {
  auto const path = (tor_folder_ / "control.sock").string();
  // `tor --hash-password "open sesame"`
  run_tor({"ControlPort unix:" + path,
           "HashedControlPassword "
           "16:9BF2A1FA898E009260C3EAB860C83F10EAE615FDC6134188801633E408"});
  Credentials wrong;
  wrong.password = "open barley";
  start(attaching("unix:" + path, wrong));
  ASSERT_TRUE(is_refused_with("Password did not match")) << instance_->detail();
  stop();

  Credentials right;
  right.password = "open sesame";
  start(attaching("unix:" + path, right));
  expect_works("by-password");
  stop();
  // It was not perfd's to end.
  EXPECT_TRUE(tor_->running());
}

TEST_F(AttachTest, ByACookieFileOfTheSettings) {
  auto const control = free_address();
  auto const cookie = tor_folder_ / "the cookie";
  run_tor({"ControlPort " + control, "CookieAuthentication 1",
           "CookieAuthFile \"" + cookie.string() + "\""});
  Credentials missing;
  missing.cookie_file = tor_folder_ / "no cookie";
  start(attaching(control, missing));
  ASSERT_TRUE(is_refused_with("no cookie")) << instance_->detail();
  EXPECT_THAT(instance_->detail(), HasSubstr("can't authenticate to tor's control port"));
  stop();
  Credentials known;
  known.cookie_file = cookie;
  start(attaching(control, known));
  expect_works("by-cookie-file");
}

}  // namespace
}  // namespace perfd::tor
