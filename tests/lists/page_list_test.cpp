// Lists from files and from addresses, the latter through a real SOCKS proxy from a real server.
#include "lists/page_list.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "lists/fetch.h"
#include "net/server.h"
#include "net/support/socks_proxy.h"
#include "runtime/clock.h"
#include "runtime/files.h"

namespace perfd::lists {
namespace {

using testing::HasSubstr;

// Serves a list, and what a list must not be.
class Listing final : public net::Route {
 public:
  runtime::Task<std::optional<net::RouteResponse>> answer(
      net::RouteRequest const& request) override {
    ++asked;
    net::RouteResponse out;
    out.fields.add("Content-Type", "text/csv");
    if (request.head.path() == "/top.csv") {
      out.body = text;
    } else if (request.head.path() == "/moved") {
      out.status = 302;
      out.fields.add("Location", "/top.csv");
    } else if (request.head.path() == "/away") {
      out.status = 302;
      out.fields.add("Location", "file:///etc/passwd");
    } else if (request.head.path() == "/round") {
      out.status = 302;
      out.fields.add("Location", "/round");
    } else {
      co_return std::nullopt;
    }
    co_return out;
  }
  std::string text = "1,a.test\n2,b.test\n3,c.test\n";
  int asked = 0;
};

class PageListTest : public testing::Test {
 protected:
  ~PageListTest() override {
    loop_.run_until_done(tasks_.stop());
    loop_.run_until_done(server_.stop());
    std::filesystem::remove_all(folder_);
  }
  [[nodiscard]] std::string url(std::string const& path) const {
    return "http://lists.test:" + std::to_string(server_.addresses().front().port()) + path;
  }
  Result<std::string> get(FetchSpec spec) {
    spec.proxy = proxy_.address();
    spec.username = "list-user";
    auto work = [spec, this] { return fetch(spec, stop_); };
    return loop_.run_until_done(fetches_.run(loop_, std::move(work)));
  }
  PageListSettings settings(std::string source) {
    PageListSettings out;
    out.source = std::move(source);
    out.copy = folder_ / "lists" / "x.txt";
    out.proxy = [this] { return proxy_there_ ? std::optional(proxy_.address()) : std::nullopt; };
    out.on_list = [this](Result<UrlList> const& list) {
      told_.push_back(list ? std::to_string(list->urls.size()) : list.error().message);
      changed_.set();
    };
    return out;
  }
  std::shared_ptr<PageList> list(PageListSettings settings, std::string last = {}) {
    return std::make_shared<PageList>(loop_, files_, fetches_, std::move(settings),
                                      std::move(last));
  }
  std::string next(PageList& list, int times = 1) {
    auto const page = loop_.run_until_done(list.next(times));
    return page ? *page : "no page: " + page.error().message;
  }
  // Until so many lists and failures were told.
  void await_told(std::size_t count) {
    auto const end = runtime::mono_now() + std::chrono::seconds{20};
    while (told_.size() < count && runtime::mono_now() < end) {
      changed_.reset();
      (void)loop_.run_until_done(changed_.wait_until(end));
    }
    ASSERT_GE(told_.size(), count);
  }
  static runtime::Task<> keep(std::shared_ptr<PageList> list) { co_await list->keep(); }
  // Begins to fetch.
  std::shared_ptr<PageList> kept(PageListSettings settings, std::string last = {}) {
    auto out = list(std::move(settings), std::move(last));
    tasks_.spawn("keep", keep(out));
    return out;
  }

  runtime::Loop loop_;
  runtime::Pool files_{1}, fetches_{1};
  Listing listing_;
  net::MeasurementServer server_{loop_, {}, &listing_, nullptr};
  net::test::SocksProxy proxy_{loop_, through(server_)};
  std::atomic<bool> stop_ = false;
  std::filesystem::path const folder_ = runtime::make_temporary_folder("perfd-lists").value();
  bool proxy_there_ = true;
  std::vector<std::string> told_;
  runtime::Event changed_{loop_.context()};
  runtime::TaskGroup tasks_{loop_};

 private:
  // No name is resolved here: the proxy knows the one server.
  static net::test::ProxyFaults through(net::MeasurementServer& server) {
    server.listen(std::move(*runtime::BoundListener::bind(net::test::any_port())));
    net::test::ProxyFaults out;
    out.upstream = server.addresses().front();
    return out;
  }
};

TEST_F(PageListTest, FetchesByNameThroughTheProxyWithItsUserName) {
  EXPECT_EQ(get({.url = url("/top.csv")}).value(), listing_.text);
  EXPECT_EQ(proxy_.last_request().address.host_text(), "lists.test");
  EXPECT_EQ(proxy_.last_request().user, "list-user");
  EXPECT_EQ(get({.url = url("/moved")}).value(), listing_.text);
}

TEST_F(PageListTest, AFetchIsBounded) {
  EXPECT_THAT(get({.url = url("/top.csv"), .max_size = 10}).error().message,
              HasSubstr("is larger than 10 B"));
  listing_.text.clear();
  for (int i = 0; i < 2'000'000; ++i) listing_.text += "x.test\n";
  auto const some = get({.url = url("/top.csv"), .max_lines = 1000});
  ASSERT_TRUE(some.has_value()) << some.error().message;
  EXPECT_GE(std::count(some->begin(), some->end(), '\n'), 1000);
  EXPECT_LT(some->size(), listing_.text.size() / 2);
  EXPECT_THAT(get({.url = url("/round")}).error().message, HasSubstr("redirects"));
  EXPECT_THAT(get({.url = url("/away")}).error().message, HasSubstr("file"));
  EXPECT_EQ(get({.url = url("/missing")}).error().message, "status 404");
  EXPECT_FALSE(get({.url = "file:///etc/passwd"}).has_value());
  stop_ = true;
  EXPECT_EQ(get({.url = url("/top.csv")}).error().message, "perfd was told to stop");
}

TEST_F(PageListTest, EachPageOfAFileHasItsTurn) {
  auto const file = folder_ / "top.txt";
  ASSERT_TRUE(runtime::write_file(file, "a.test\nb.test\n"));
  auto const pages = list(settings(file.string()));
  EXPECT_EQ(next(*pages), "https://a.test/");
  EXPECT_EQ(next(*pages), "https://b.test/");
  EXPECT_EQ(next(*pages), "https://a.test/");
  EXPECT_EQ(told_, std::vector<std::string>{"2"}) << "read once";
}

TEST_F(PageListTest, APageHasAsManyTurnsAsThereAreArms) {
  auto const file = folder_ / "top.txt";
  ASSERT_TRUE(runtime::write_file(file, "a.test\nb.test\n"));
  auto const pages = list(settings(file.string()));
  std::string turns;
  for (int i = 0; i < 7; ++i) turns += next(*pages, 3).substr(8, 1);
  EXPECT_EQ(turns, "aaabbba");
}

TEST_F(PageListTest, GoesOnBehindTheLastPageOfAnEarlierProcess) {
  auto const file = folder_ / "top.txt";
  ASSERT_TRUE(runtime::write_file(file, "a.test\nb.test\nc.test\n"));
  EXPECT_EQ(next(*list(settings(file.string()), "https://b.test/")), "https://c.test/");
  EXPECT_EQ(next(*list(settings(file.string()), "https://c.test/")), "https://a.test/");
  EXPECT_EQ(next(*list(settings(file.string()), "https://gone.test/"), 2), "https://a.test/");
}

TEST_F(PageListTest, AFileIsReadAgainWhenItChangedAndASpoiledOneChangesNothing) {
  auto const file = folder_ / "top.txt";
  auto const pages = list(settings(file.string()));
  EXPECT_THAT(next(*pages), HasSubstr("top.txt"));
  EXPECT_THAT(next(*pages), testing::StartsWith("no page: "));
  EXPECT_EQ(told_.size(), 1u) << "the same trouble is told once";
  ASSERT_TRUE(runtime::write_file(file, "a.test\n"));
  EXPECT_EQ(next(*pages), "https://a.test/");
  ASSERT_TRUE(runtime::write_file(file, "no page\n"));
  std::filesystem::last_write_time(
      file, std::filesystem::last_write_time(file) + std::chrono::seconds{5});
  EXPECT_EQ(next(*pages), "https://a.test/");
  EXPECT_THAT(told_.back(), HasSubstr("top.txt: line 1: "));
  ASSERT_TRUE(runtime::write_file(file, "b.test\n"));
  EXPECT_EQ(next(*pages), "https://b.test/");
}

TEST_F(PageListTest, AnAddressIsFetchedAndItsListKeptForTheNextStart) {
  auto const pages = kept(settings(url("/top.csv")));
  await_told(1);
  EXPECT_EQ(next(*pages), "https://a.test/");
  EXPECT_EQ(next(*pages), "https://b.test/");
  EXPECT_EQ(listing_.asked, 1);
  // It is of today: the next process fetches nothing.
  auto const later = kept(settings(url("/top.csv")), "https://b.test/");
  await_told(2);
  EXPECT_EQ(next(*later), "https://c.test/");
  EXPECT_EQ(listing_.asked, 1);
}

TEST_F(PageListTest, AListOfYesterdayServesUntilTheNewOneIsThere) {
  auto wanted = settings(url("/missing"));
  ASSERT_TRUE(runtime::make_folder(wanted.copy.parent_path()));
  ASSERT_TRUE(runtime::write_file(
      wanted.copy, "# the first 100 of " + url("/missing") + "\nhttps://old.test/\n"));
  std::filesystem::last_write_time(
      wanted.copy, std::filesystem::last_write_time(wanted.copy) - std::chrono::hours{25});
  auto const pages = kept(wanted);
  await_told(2);  // read, and fetched in vain
  EXPECT_THAT(told_.back(), HasSubstr("/missing: status 404"));
  EXPECT_EQ(next(*pages), "https://old.test/");
}

TEST_F(PageListTest, AListOfAnotherAddressOrOfFewerPagesDoesNotServe) {
  listing_.text = "a.test\n";
  kept(settings(url("/top.csv")));
  await_told(1);
  listing_.text = "a.test\nb.test\n";
  auto more = settings(url("/top.csv"));
  more.top = 200;
  kept(more);
  await_told(2);
  EXPECT_EQ(listing_.asked, 2);
  auto const other = kept(settings(url("/moved")));
  await_told(3);
  EXPECT_EQ(told_, (std::vector<std::string>{"1", "2", "2"}));
  EXPECT_EQ(listing_.asked, 4) << "the redirect, and where it leads";
}

TEST_F(PageListTest, WithoutAProxyThereIsNoListYet) {
  proxy_there_ = false;
  auto const pages = kept(settings(url("/top.csv")));
  EXPECT_THAT(next(*pages), testing::StartsWith("no page: "));
  EXPECT_EQ(listing_.asked, 0);
  proxy_there_ = true;
  await_told(1);
  EXPECT_EQ(next(*pages), "https://a.test/");
}

}  // namespace
}  // namespace perfd::lists
