// Page loads in a real Firefox, against two witnesses: the site's list of requests and the
// measuring proxy's bytes and times.
#include "browser/page_loader.h"

#include <algorithm>

#include "browser/real/support/fixture.h"
#include "browser/real/support/processes.h"

namespace perfd::browser::test {
namespace {

namespace mark = model::mark;
using testing::AllOf;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

std::vector<std::string> const kEverything = {
    "/",        "/style.css",   "/slow.js", "/data.json", "/old.svg",
    "/new.svg", "/missing.svg", "/frame",   "/inner.svg"};

class PageLoadTest : public RealBrowserTest {
 protected:
  void SetUp() override {
    auto started = loop_.run_until_done(Firefox::start(loop_, launcher_, settings()));
    ASSERT_TRUE(started) << started.error().message;
    firefox_ = std::move(*started);
  }
  void TearDown() override {
    if (firefox_) loop_.run_until_done(firefox_->stop());
    EXPECT_FALSE(std::filesystem::exists(folder_ / "firefox"));
    EXPECT_EQ(launcher_.running(), 0U);
  }

  void expect_everything(LoadResult const& result) {
    auto const& [trace, connections] = result;
    ASSERT_FALSE(trace.error) << trace.error->message;
    auto const& page = trace.page;
    EXPECT_THAT(site_.take_asked(), testing::UnorderedElementsAreArray(kEverything));
    // What the site was asked, and the one that was refused.
    EXPECT_EQ(page.resources.size(), kEverything.size() + 1);
    EXPECT_EQ(page.failed, 2);
    EXPECT_EQ(page.url, site_.url("/"));
    EXPECT_EQ(page.final_url, site_.url("/"));
    EXPECT_EQ(page.title, "Every \xc3\xa4 part");
    EXPECT_THAT(page.browser, testing::StartsWith("Firefox "));
  }

  std::unique_ptr<Firefox> firefox_;
};

TEST_F(PageLoadTest, TellsResourcesTimesAndBytesAsItsWitnessesDo) {
  auto const began = runtime::wall_now();
  auto first_spec = spec(site_.url("/"));
  first_spec.screenshot = true;
  auto const first = load(*firefox_, std::move(first_spec));
  auto const ended = runtime::wall_now();
  expect_everything(first);
  EXPECT_THAT(first.trace.screenshot_png, testing::StartsWith("\x89PNG"));

  auto const* const document = first.find(":" + site_.url("/").substr(17));
  auto const* const slow = first.find("/slow.js");
  auto const* const old = first.find("/old.svg");
  auto const* const moved = first.find("/new.svg");
  auto const* const missing = first.find("/missing.svg");
  auto const* const refused = first.find("/refused.svg");
  auto const* const inner = first.find("/inner.svg");
  for (auto const* resource : {document, slow, old, moved, missing, refused, inner})
    ASSERT_NE(resource, nullptr);
  EXPECT_EQ(document->type, "document");
  EXPECT_EQ(document->protocol, "http/1.1");
  EXPECT_EQ(document->mime_type, "text/html;charset=utf-8");
  EXPECT_TRUE(document->connect_start && document->connect_end);
  EXPECT_FALSE(document->tls_start || document->tls_end);
  EXPECT_EQ(slow->type, "script");
  // Asio's timers never fire early, so neither does the script come.
  EXPECT_GE(*slow->response_start - *slow->request_start, kSlowScript - milliseconds{1});
  EXPECT_EQ(old->status, 302);
  EXPECT_EQ(moved->status, 200);
  EXPECT_EQ(old->id, moved->id);
  EXPECT_EQ(old->redirect, 0);
  EXPECT_EQ(moved->redirect, 1);
  EXPECT_EQ(missing->status, 404);
  EXPECT_EQ(missing->error, "");
  EXPECT_EQ(refused->status, 0);
  EXPECT_EQ(refused->error, "NS_ERROR_CONNECTION_REFUSED");
  EXPECT_FALSE(refused->response_start || refused->response_end);
  auto const* const posted = first.find("/data.json");
  ASSERT_NE(posted, nullptr);
  EXPECT_EQ(posted->method, "POST");
  EXPECT_EQ(posted->request_bytes, static_cast<std::int64_t>(kPosted));
  EXPECT_EQ(inner->type, "image");
  EXPECT_GT(inner->body_bytes, 0);
  for (auto const& resource : first.trace.page.resources) {
    EXPECT_FALSE(resource.from_cache) << resource.url;
    EXPECT_EQ(resource.url.find("data:"), std::string::npos);
    ASSERT_TRUE(resource.requested_at) << resource.url;
    EXPECT_GE(*resource.requested_at, began);
    if (resource.status == 0) continue;
    EXPECT_EQ(resource.bytes_received, resource.header_bytes + resource.body_bytes) << resource.url;
    EXPECT_LE(*resource.requested_at, *resource.request_start);
    EXPECT_LE(*resource.request_start, *resource.response_start);
    EXPECT_LE(*resource.response_start, *resource.response_end);
    EXPECT_LE(*resource.response_end, ended);
  }

  auto const& marks = first.trace.marks;
  auto const at = [&](std::string_view name) {
    auto const moment = marks.at(name);
    EXPECT_TRUE(moment) << name;
    return moment.value_or(WallTime{});
  };
  EXPECT_GE(at(mark::kStart), began);
  EXPECT_LE(at(mark::kStart), at(mark::kDataRequest));
  EXPECT_EQ(at(mark::kDataRequest), *document->request_start);
  EXPECT_EQ(at(mark::kDataResponse), *document->response_start);
  // The script holds up the parser.
  EXPECT_GE(at(mark::kDomContentLoaded), *slow->response_end);
  EXPECT_GE(at(mark::kLoad), *moved->response_end);
  EXPECT_GE(at(mark::kLoad), at(mark::kDomContentLoaded));
  EXPECT_GE(at(mark::kFirstContentfulPaint), at(mark::kDataResponse));
  EXPECT_GE(at(mark::kLargestContentfulPaint), at(mark::kFirstContentfulPaint));
  EXPECT_LE(at(mark::kDataComplete), at(mark::kFullyLoaded));
  EXPECT_LE(at(mark::kFullyLoaded), ended - milliseconds{400});
  EXPECT_EQ(marks.find(mark::kLoad)->error_bound, Micros{1});  // the page's own, not the event's

  // Both APIs of the browser tell the same moments.
  ASSERT_EQ(first.trace.page.clocks.size(), 1U);
  auto const& clock = first.trace.page.clocks[0];
  EXPECT_GE(clock.moments, 9);
  EXPECT_TRUE(clock.agrees) << clock.largest.count() << " us";

  // So does the proxy: not a byte more or less came than the browser tells of.
  std::int64_t told = 0;
  for (auto const& resource : first.trace.page.resources) told += resource.bytes_received;
  std::int64_t carried = 0;
  for (auto const& connection : first.connections) carried += connection.bytes_down;
  EXPECT_EQ(told, carried);
  EXPECT_THAT(first.connections, Each(Field(&model::ProxyConnection::host, "127.0.0.1")));

  // Nothing is left for the next load: no cache, no connection, no cookie.
  auto const second = load(*firefox_, spec(site_.url("/")));
  expect_everything(second);
  EXPECT_EQ(second.trace.page.load_of_process, 2);
  EXPECT_TRUE(second.find("/slow.js")->response_end);
  EXPECT_TRUE(second.trace.page.resources[0].connect_start);

  auto const usage = loop_.run_until_done(firefox_->usage());
  EXPECT_GT(usage.processes, 3);
  EXPECT_GT(usage.memory, MiB(100));
  EXPECT_GT(usage.cpu, milliseconds{500});
}

TEST_F(PageLoadTest, EndsABadPageInTimeAndGoesOnWithTheNext) {
  auto const code = [](LoadResult const& result) {
    return result.trace.error ? result.trace.error->code : boost::system::error_code{};
  };
  auto const closed = load(*firefox_, spec(site_.url("/close")));
  EXPECT_EQ(code(closed), Errc::kNavigation);
  EXPECT_THAT(closed.trace.error->message, HasSubstr("NS_ERROR_NET_RESET"));
  ASSERT_GE(closed.trace.page.resources.size(), 1U);
  EXPECT_EQ(closed.trace.page.resources[0].error, "NS_ERROR_NET_RESET");
  EXPECT_EQ(closed.trace.page.final_url, "");

  auto const refused = load(*firefox_, spec("http://127.0.0.1:4/"));
  EXPECT_EQ(code(refused), Errc::kNavigation);
  EXPECT_THAT(refused.trace.error->message, HasSubstr("NS_ERROR_CONNECTION_REFUSED"));
  EXPECT_EQ(code(load(*firefox_, spec("no address"))), Errc::kNavigation);

  auto const silent = load(*firefox_, spec(site_.url("/silent"), seconds{2}));
  EXPECT_EQ(code(silent), Errc::kDeadline);
  ASSERT_EQ(silent.trace.page.resources.size(), 1U);
  // How far it came is told once it is aborted.
  EXPECT_TRUE(silent.trace.page.resources[0].request_start);
  EXPECT_EQ(silent.trace.page.resources[0].error, "NS_BINDING_ABORTED");
  EXPECT_FALSE(silent.trace.marks.at(mark::kDataResponse));

  auto const endless = load(*firefox_, spec(site_.url("/endless"), seconds{3}));
  EXPECT_EQ(code(endless), Errc::kDeadline);
  EXPECT_THAT(endless.trace.error->message, HasSubstr("still loading"));
  EXPECT_EQ(endless.trace.page.title, "Endless");
  EXPECT_EQ(endless.trace.page.failed, 1);
  EXPECT_TRUE(endless.trace.marks.at(mark::kFirstContentfulPaint));
  EXPECT_FALSE(endless.trace.marks.at(mark::kLoad));
  EXPECT_FALSE(endless.trace.marks.at(mark::kFullyLoaded));

  auto const began = runtime::mono_now();
  auto const busy = load(*firefox_, spec(site_.url("/busy"), seconds{3}));
  EXPECT_EQ(code(busy), Errc::kHung);
  EXPECT_LE(runtime::mono_now() - began, seconds{3} + kAfterDeadline);
  EXPECT_EQ(busy.trace.page.resources.size(), 1U);

  // The page's process is killed once the page waits for its picture.
  site_.on_asked("/silent", [&] {
    auto const pid = page_process((folder_ / "firefox").string());
    ASSERT_NE(pid, 0);
    ::kill(pid, SIGKILL);
  });
  auto const crashed = load(*firefox_, spec(site_.url("/endless")));
  EXPECT_EQ(code(crashed), Errc::kCrashed) << crashed.trace.error->message;
  EXPECT_EQ(crashed.trace.page.resources.at(0).status, 200);

  ASSERT_TRUE(firefox_->running());
  // Nor does a question keep a page from loading.
  auto const asking = load(*firefox_, spec(site_.url("/alert")));
  EXPECT_FALSE(asking.trace.error) << asking.trace.error->message;
  EXPECT_EQ(asking.trace.page.title, "Alert");
}

}  // namespace
}  // namespace perfd::browser::test
