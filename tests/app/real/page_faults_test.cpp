// What goes wrong under a page load becomes a record with its code within its time, and the next
// load works.
#include <fstream>

#include "app/perfd_process.h"
#include "app/real/station_fixture.h"
#include "browser/page_loader.h"
#include "browser/real/support/processes.h"
#include "browser/real/support/site.h"
#include "net/support/socks_proxy.h"

namespace perfd::app {
namespace {

using model::FailureCode;
using testing::HasSubstr;
namespace mark = model::mark;

class PageFaults : public StationTest {
 protected:
  static constexpr auto kLoadLimit = std::chrono::seconds(90);
  // What may follow the deadline of a load: its end in the browser, and what tor tells of it.
  static constexpr Nanos kAfter = browser::kAfterDeadline + std::chrono::seconds(10);

  ~PageFaults() override { stop(); }

  // A page of the test's own site, as an exit reaches it; without a path, a built-in one.
  config::Experiment page(std::string const& path = {}, Micros timeout = kLoadLimit) {
    auto out = experiment("page");
    out.kind = config::Kind::page;
    out.size = Bytes{0};
    out.page = config::BuiltInPage::plain;
    out.timeout = timeout;
    if (!path.empty())
      out.target = {config::TargetKind::url, "http://" + std::string(PrivateStation::kServerName) +
                                                 ":" + std::to_string(site_.port()) + path};
    return out;
  }
  // Within its deadline.
  model::Measurement load(config::Experiment wanted) {
    auto const began = runtime::mono_now();
    auto const limit = Nanos{wanted.timeout} + kAfter;
    auto out = measure(std::move(wanted));
    EXPECT_LE(runtime::mono_now() - began, limit) << out.outcome.detail;
    return out;
  }
  void expect_that_the_next_load_works(std::int64_t of_process) {
    auto const next = load(page());
    EXPECT_TRUE(next.outcome.ok()) << next.outcome.detail;
    ASSERT_TRUE(next.page);
    EXPECT_EQ(next.page->load_of_process, of_process);
  }
  // The browsers' processes name it.
  [[nodiscard]] std::string browsers() const { return (folder_ / "data" / "browser").string(); }

  browser::test::Site site_{loop_};
};

TEST_F(PageFaults, ABrowserThatIsKilledInTheMiddleOfALoad) {
  start();
  site_.on_asked("/silent", [&] {
    auto const pid = browser::test::main_process(browsers());
    ASSERT_NE(pid, 0);
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
  });
  auto const record = load(page("/endless"));
  EXPECT_EQ(record.outcome.code, FailureCode::browser_died) << record.outcome.detail;
  EXPECT_THAT(record.outcome.detail, HasSubstr("killed by signal 9"));
  // What was seen until then is kept.
  EXPECT_EQ(record.http_status, 200);
  EXPECT_TRUE(record.marks.at(mark::kDataResponse));
  ASSERT_TRUE(record.page);
  EXPECT_FALSE(record.page->connections.empty());
  EXPECT_TRUE(record.tor.stream);
  EXPECT_TRUE(browser::test::all_go_away(browsers()));
  expect_that_the_next_load_works(1);
}

TEST_F(PageFaults, APageThatNeverAnswersItsBrowserAgain) {
  start();
  expect_that_the_next_load_works(1);
  auto const busy = load(page("/busy", std::chrono::seconds(8)));
  EXPECT_EQ(busy.outcome.code, FailureCode::browser_hung) << busy.outcome.detail;
  EXPECT_EQ(busy.http_status, 200);
  auto const next = load(page());
  EXPECT_TRUE(next.outcome.ok()) << next.outcome.detail;
}

TEST_F(PageFaults, APageThatIsNotThereBehindARedirect) {
  start();
  auto const record = load(page("/moved"));
  EXPECT_EQ(record.outcome.code, FailureCode::http_status) << record.outcome.detail;
  EXPECT_EQ(record.http_status, 404);
  ASSERT_EQ(record.page->resources.size(), 2u);
  EXPECT_EQ(record.page->resources[0].status, 302);
  EXPECT_EQ(record.page->resources[1].status, 404);
  EXPECT_EQ(record.page->resources[1].redirect, 1);
  EXPECT_THAT(record.page->final_url, testing::EndsWith("/gone"));
  EXPECT_EQ(record.page->failed, 1);
  expect_that_the_next_load_works(2);
}

TEST_F(PageFaults, AServerThatRefusesTheExit) {
  start();
  auto refused = page();
  // Port 4 is of nobody, and not of those that Firefox itself refuses.
  refused.target = {config::TargetKind::url,
                    "http://" + std::string(PrivateStation::kServerName) + ":4/"};
  auto const record = load(refused);
  EXPECT_THAT(record.outcome.detail, HasSubstr("NS_ERROR_CONNECTION_REFUSED"));
  ASSERT_TRUE(record.tor.stream);
  // The exit knows why only if its kernel tells it at once.
  if (record.tor.stream->remote_reason == "CONNECTREFUSED") {
    EXPECT_EQ(record.outcome.code, FailureCode::socks_connection_refused);
    EXPECT_EQ(record.socks_reply, 5);
  } else {
    EXPECT_EQ(record.tor.stream->remote_reason, "MISC");
    EXPECT_EQ(record.outcome.code, FailureCode::socks_general_failure);
    EXPECT_EQ(record.socks_reply, 1);
  }
  expect_that_the_next_load_works(1);
}

TEST_F(PageFaults, ABrowserThatIsMissingAndThenOneThatNeverStarts) {
  config::Browser browser;
  auto const binary = folder_ / "firefox";
  browser.binary = binary.string();
  start({}, {}, browser);
  auto const missing = load(page());
  EXPECT_EQ(missing.outcome.code, FailureCode::browser_not_started);
  EXPECT_EQ(missing.outcome.operation, "start browser");
  EXPECT_EQ(missing.outcome.detail,
            "there is no browser '" + binary.string() +
                "': install firefox-esr, or name another by --browser or in [browser] binary");

  std::ofstream(binary) << "#!/bin/sh\nexec sleep 1000\n";
  std::filesystem::permissions(binary, std::filesystem::perms::owner_all);
  auto const silent = load(page({}, std::chrono::seconds(2)));
  EXPECT_EQ(silent.outcome.code, FailureCode::browser_not_started) << silent.outcome.detail;
  EXPECT_EQ(silent.outcome.operation, "start browser");
  EXPECT_TRUE(silent.page) << "what was to be loaded is told";
  EXPECT_TRUE(browser::test::all_go_away(browsers()));

  std::filesystem::remove(binary);
  std::filesystem::create_symlink(runtime::find_program("firefox-esr").value(), binary);
  expect_that_the_next_load_works(1);
}

class KilledPerfd : public PerfdProcessTest {};

runtime::Task<Result<bool>> set(runtime::Event& event) {
  co_await event.wait();
  co_return true;
}

TEST_F(KilledPerfd, LeavesNoFirefoxBehind) {
  net::test::SocksProxy socks(loop_);
  browser::test::Site site(loop_);
  environment_.push_back("TMPDIR=" + folder_.string());
  runtime::Event under_way(loop_.context());
  site.on_asked("/silent", [&] { under_way.set(); });
  auto perfd =
      start({"measure", "page", "--socks", socks.address().text(), "--url", site.url("/endless")});
  auto const loading = loop_.run_until_done(
      runtime::with_deadline(runtime::mono_now() + std::chrono::seconds(60), set(under_way)));
  ASSERT_TRUE(loading.has_value()) << "the load never began";

  // All that perfd started has its environment, or a folder of its own in this test's.
  auto const all = folder_.string();
  EXPECT_GT(browser::test::processes_with(all).size(), 5u) << "perfd, its launcher and a Firefox";
  perfd.send_signal(SIGKILL);
  EXPECT_EQ(loop_.run_until_done(perfd.wait()).signal, SIGKILL);
  EXPECT_TRUE(browser::test::all_go_away(all));
}

}  // namespace
}  // namespace perfd::app
