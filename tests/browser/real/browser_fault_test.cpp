// Browsers that fail where a real one hardly ever does: a process that is no more than its port,
// and a BiDi server in this one. Real processes and real time, but no Firefox.
#include <fstream>

#include "browser/real/support/fixture.h"
#include "browser/support/fake_bidi.h"
#include "runtime/deadline.h"

namespace perfd::browser::test {
namespace {

using runtime::Task;
using testing::HasSubstr;

std::string between(std::string const& text, std::string_view before, char after) {
  auto const place = text.find(before);
  if (place == std::string::npos) return {};
  auto const begin = place + before.size();
  return text.substr(begin, text.find(after, begin) - begin);
}

enum class Fault { refuses_session, silent, garbage, leaves };

// Answers as Firefox does until a page is asked for.
Task<> answer(FakeSession session, Fault fault) {
  for (;;) {
    auto const command = co_await session.receive();
    if (command.empty()) co_return;
    auto const method = between(command, "\"method\":\"", '"');
    auto const id = between(command, "\"id\":", ',');
    std::string result = "{}";
    if (method == "session.new" && fault == Fault::refuses_session) {
      co_await session.send(R"({"type":"error","id":)" + id +
                            R"(,"error":"session not created","message":"Maximum reached"})");
      continue;
    }
    if (method == "session.new") result = R"({"capabilities":{"browserVersion":"1.0"}})";
    if (method == "browser.createUserContext") result = R"({"userContext":"u"})";
    if (method == "browsingContext.create") result = R"({"context":"c"})";
    if (method == "browsingContext.navigate") {
      if (fault == Fault::silent) co_return co_await session.drain();
      if (fault == Fault::garbage) {
        co_await session.send("]");
        co_return co_await session.drain();
      }
      if (fault == Fault::leaves) co_return;
    }
    co_await session.send(R"({"type":"success","id":)" + id + R"(,"result":)" + result + "}");
  }
}

class BrowserFaultTest : public RealBrowserTest {
 protected:
  Result<std::unique_ptr<Firefox>> start(Fault fault) {
    server_.emplace(loop_, net::test::any_port(),
                    [fault](FakeSession session) { return answer(session, fault); });
    auto const script = folder_ / "fake";
    {
      std::ofstream file(script);
      file << "#!/bin/sh\necho 'WebDriver BiDi listening on ws://localhost:"
           << server_->address().port() << "' >&2\nexec sleep 1000\n";
    }
    std::filesystem::permissions(script, std::filesystem::perms::owner_all);
    auto with_script = settings();
    with_script.binary = script;
    with_script.start_limit = seconds{10};
    return loop_.run_until_done(Firefox::start(loop_, launcher_, std::move(with_script)));
  }
  // A load that must fail, and what became of the browser.
  Error fail(Fault fault, Nanos limit) {
    auto firefox = start(fault);
    if (firefox.has_error()) return firefox.error();
    EXPECT_EQ((*firefox)->version(), "Firefox 1.0");
    auto const began = runtime::mono_now();
    auto const result = load(**firefox, spec("http://127.0.0.1:4/", limit));
    EXPECT_LE(runtime::mono_now() - began, limit + kAfterDeadline);
    EXPECT_TRUE(result.trace.marks.at(model::mark::kStart));
    EXPECT_FALSE((*firefox)->running());
    loop_.run_until_done((*firefox)->stop());
    EXPECT_EQ(launcher_.running(), 0U);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "firefox"));
    return result.trace.error.value_or(Error{});
  }

  std::optional<FakeBidi> server_;
};

TEST_F(BrowserFaultTest, ABrowserThatHasASessionAlreadyHasNotStarted) {
  auto const firefox = start(Fault::refuses_session);
  ASSERT_TRUE(firefox.has_error());
  EXPECT_EQ(firefox.error().code, Errc::kNotStarted);
  EXPECT_THAT(firefox.error().message, HasSubstr("session not created: Maximum reached"));
  EXPECT_EQ(launcher_.running(), 0U);
}

TEST_F(BrowserFaultTest, ABrowserThatAnswersNoMoreIsToldAsHungAndKilled) {
  auto const error = fail(Fault::silent, milliseconds{500});
  EXPECT_EQ(error.code, Errc::kHung) << error.message;
}

TEST_F(BrowserFaultTest, ABrowserThatTalksNonsenseIsKilled) {
  auto const error = fail(Fault::garbage, seconds{20});
  EXPECT_EQ(error.code, Errc::kProtocol) << error.message;
  EXPECT_THAT(error.message, HasSubstr("not JSON"));
}

TEST_F(BrowserFaultTest, ABrowserWithoutItsConnectionIsAsGoodAsDead) {
  auto const error = fail(Fault::leaves, seconds{20});
  EXPECT_EQ(error.code, Errc::kDied) << error.message;
}

TEST_F(BrowserFaultTest, ALoadThatIsCancelledLeavesNoBrowserBehind) {
  auto firefox = start(Fault::silent);
  ASSERT_TRUE(firefox) << firefox.error().message;
  LoadTrace trace;
  auto given_up = spec("http://127.0.0.1:4/", seconds{60});
  given_up.proxy = socks_.address();
  auto const result = loop_.run_until_done(runtime::with_deadline(
      runtime::mono_now() + milliseconds{500}, load_page(**firefox, std::move(given_up), trace)));
  ASSERT_TRUE(result.has_error());
  EXPECT_TRUE(runtime::is_timeout(result.error()));
  EXPECT_TRUE(trace.marks.at(model::mark::kStart));
  EXPECT_EQ(launcher_.running(), 0U);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "firefox"));
  loop_.run_until_done((*firefox)->stop());
}

TEST_F(BrowserFaultTest, AStartThatIsCancelledLeavesNoBrowserBehind) {
  auto const script = folder_ / "sleeps";
  {
    std::ofstream file(script);
    file << "#!/bin/sh\nexec sleep 1000\n";
  }
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  auto sleeping = settings();
  sleeping.binary = script;
  BrowserPool pool(loop_, launcher_, PoolSettings{.firefox = sleeping});
  auto const given_up = loop_.run_until_done(runtime::with_deadline(
      runtime::mono_now() + milliseconds{300}, pool.prepare(runtime::mono_now() + seconds{60})));
  ASSERT_TRUE(given_up.has_error());
  EXPECT_TRUE(runtime::is_timeout(given_up.error()));
  EXPECT_EQ(launcher_.running(), 0U);
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "firefox"));
  loop_.run_until_done(pool.stop());
}

}  // namespace
}  // namespace perfd::browser::test
