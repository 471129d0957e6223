// Events that a real Firefox sent (tests/data/bidi-events.jsonl: Firefox 153.7, header fields and
// scripts' stacks taken out), and variations of them.
#include "browser/page_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <functional>

#include "places.h"

namespace perfd::browser {
namespace {

namespace json = boost::json;
namespace mark = model::mark;
using std::chrono::milliseconds;

struct Recorded {
  std::string method;
  json::object params;
};

std::vector<Recorded> recorded(std::string_view load) {
  std::ifstream file(perfd::test::data("bidi-events.jsonl"));
  std::vector<Recorded> out;
  for (std::string line; std::getline(file, line);) {
    auto const value = json::parse(line).as_object();
    if (value.at("load").as_string() == load)
      out.push_back({std::string(value.at("method").as_string()), value.at("params").as_object()});
  }
  return out;
}

// Events come one millisecond after the other.
MonoTime const kBegin{milliseconds{1000}};

struct Watched {
  explicit Watched(std::string_view load)
      : events(recorded(load)), watch("tab-" + std::string(load)) {}
  void feed(Recorded const& event) {
    if (auto const parsed = parse_event(event.method, event.params)) watch.on(*parsed, now);
    now += milliseconds{1};
  }
  void feed_all() {
    for (auto const& event : events) feed(event);
  }
  // Those up to and including the first of this kind and address.
  void feed_until(std::string_view method, std::string_view end_of_url) {
    while (next < events.size()) {
      auto const& event = events[next++];
      feed(event);
      auto const text = json::serialize(event.params);
      if (event.method == method && text.find(std::string(end_of_url) + "\"") != std::string::npos)
        return;
    }
    ADD_FAILURE() << "no " << method << " of " << end_of_url;
  }
  [[nodiscard]] model::PageLoad page() const {
    model::PageLoad out;
    watch.fill(out);
    return out;
  }
  [[nodiscard]] model::Marks marks(bool quiet) const {
    model::Marks out;
    watch.fill(out, quiet);
    return out;
  }

  std::vector<Recorded> events;
  PageWatch watch;
  MonoTime now = kBegin;
  std::size_t next = 0;
};

model::Resource find(model::PageLoad const& page, std::string_view end_of_url) {
  for (auto const& resource : page.resources)
    if (resource.url.ends_with(end_of_url)) return resource;
  ADD_FAILURE() << "no " << end_of_url;
  return {};
}

TEST(PageWatch, TellsEveryRequestOfAPageItsFramesAndItsWorkers) {
  Watched watched("everything");
  watched.feed_all();
  auto const page = watched.page();
  std::vector<std::string> paths;
  for (auto const& resource : page.resources)
    paths.push_back(resource.url.substr(resource.url.find('/', 8)));
  EXPECT_THAT(paths, testing::UnorderedElementsAre(
                         "/", "/s.css", "/a.js", "/i.svg", "/old.svg", "/new.svg", "/missing.svg",
                         "/refused.svg", "/frame", "/f.svg", "/json", "/w.js", "/fromworker"));
  EXPECT_TRUE(std::ranges::is_sorted(page.resources, {}, &model::Resource::requested_at));
  EXPECT_EQ(page.failed, 2);
  EXPECT_EQ(page.final_url, "http://127.0.0.1:59913/");
  EXPECT_EQ(watched.watch.open_requests(), 0U);
  EXPECT_TRUE(watched.watch.loaded());
  EXPECT_TRUE(watched.watch.committed());

  auto const script = find(page, "/a.js");
  EXPECT_EQ(script.type, "script");
  EXPECT_EQ(script.initiator, "script");
  EXPECT_EQ(script.method, "GET");
  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(script.protocol, "http/1.1");
  EXPECT_EQ(script.bytes_received, script.header_bytes + script.body_bytes);
  EXPECT_FALSE(script.from_cache);
  auto const missing = find(page, "/missing.svg");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.error, "");
  auto const refused = find(page, "/refused.svg");
  EXPECT_EQ(refused.status, 0);
  EXPECT_EQ(refused.error, "NS_ERROR_CONNECTION_REFUSED");
  EXPECT_FALSE(refused.response_start || refused.response_end || refused.connect_end);
  auto const old = find(page, "/old.svg");
  auto const moved = find(page, "/new.svg");
  EXPECT_EQ(old.id, moved.id);
  EXPECT_EQ(old.status, 302);
  EXPECT_EQ(moved.redirect, 1);
  EXPECT_EQ(moved.status, 200);
}

TEST(PageWatch, TimesAreTheBrowsersToTheMicrosecond) {
  Watched watched("everything");
  watched.feed_all();
  json::object const* timings = nullptr;
  for (auto const& event : watched.events)
    if (event.method == "network.responseCompleted" &&
        event.params.at("request").as_object().at("url") == "http://127.0.0.1:59913/")
      timings = &event.params.at("request").as_object().at("timings").as_object();
  ASSERT_NE(timings, nullptr);
  auto const us = [&](std::string_view name) {
    return wall_from_us(std::llround(timings->at(name).as_double() * 1000));
  };
  auto const page = watched.page();
  auto const document = page.resources.at(0);
  EXPECT_EQ(document.requested_at, us("requestTime"));
  EXPECT_EQ(document.connect_start, us("connectStart"));
  EXPECT_EQ(document.connect_end, us("connectEnd"));
  // Firefox repeats the end of the connection here where there is no TLS.
  EXPECT_FALSE(document.tls_start || document.tls_end);
  auto const marks = watched.marks(true);
  EXPECT_EQ(marks.at(mark::kDataRequest), us("requestStart"));
  EXPECT_EQ(marks.at(mark::kDataResponse), us("responseStart"));
  WallTime last{};
  for (auto const& resource : page.resources)
    if (resource.response_end) last = std::max(last, *resource.response_end);
  EXPECT_EQ(marks.at(mark::kDataComplete), last);
  EXPECT_EQ(marks.at(mark::kFullyLoaded), last);
  // Known by events alone, and marked so.
  EXPECT_EQ(marks.find(mark::kLoad)->error_bound, kEventBound + milliseconds{1});
  EXPECT_FALSE(watched.marks(false).at(mark::kFullyLoaded));
}

TEST(PageWatch, IsQuietWhenNothingIsOpenSinceTheLastEventThatCounts) {
  Watched watched("everything");
  watched.feed_until("network.responseCompleted", "/s.css");
  EXPECT_FALSE(watched.watch.quiet_since());
  watched.feed_until("browsingContext.load", "59913/frame");
  EXPECT_FALSE(watched.watch.loaded());  // that was a frame
  watched.feed_until("browsingContext.load", "59913/");
  EXPECT_TRUE(watched.watch.loaded());
  EXPECT_FALSE(watched.watch.quiet_since());  // two requests of scripts go on
  watched.feed_until("network.responseCompleted", "/fromworker");
  auto const end = watched.now - milliseconds{1};
  EXPECT_EQ(watched.watch.quiet_since(), end);
  // What others do is no activity of this page.
  auto foreign = watched.events.back();
  foreign.params["context"] = "another-tab";
  watched.feed(foreign);
  foreign.params["context"] = nullptr;
  watched.feed(foreign);
  EXPECT_EQ(watched.watch.quiet_since(), end);
  EXPECT_EQ(watched.page().resources.size(), 13U);
}

TEST(PageWatch, ARequestThatNeverEndsIsAFailureAndHasNoEnd) {
  Watched watched("everything");
  watched.feed_until("network.responseStarted", "/s.css");
  auto const page = watched.page();
  auto const style = find(page, "/s.css");
  EXPECT_EQ(style.status, 200);
  EXPECT_TRUE(style.response_start);
  EXPECT_FALSE(style.response_end);
  EXPECT_EQ(page.failed, static_cast<std::int64_t>(watched.watch.open_requests()));
  EXPECT_FALSE(watched.marks(false).at(mark::kDomContentLoaded));
}

TEST(PageWatch, AnErrorPageIsNoPage) {
  Watched watched("closed");
  watched.feed_all();
  EXPECT_TRUE(watched.watch.error_page());
  EXPECT_FALSE(watched.watch.committed());
  EXPECT_FALSE(watched.watch.loaded());
  auto const page = watched.page();
  ASSERT_EQ(page.resources.size(), 1U);  // not the error page's font
  EXPECT_EQ(page.resources[0].error, "NS_ERROR_NET_RESET");
  EXPECT_EQ(page.final_url, "");
  EXPECT_EQ(page.failed, 1);
  EXPECT_FALSE(watched.marks(false).at(mark::kDomContentLoaded));
  EXPECT_FALSE(watched.marks(false).at(mark::kDataResponse));
}

TEST(PageWatch, KnowsThatThePagesProcessEnded) {
  Watched watched("crashed");
  watched.feed_all();
  EXPECT_TRUE(watched.watch.crashed());
  EXPECT_EQ(watched.page().final_url, "http://127.0.0.1:59913/neverimg");
  EXPECT_TRUE(watched.marks(false).at(mark::kDomContentLoaded));
}

TEST(PageWatch, APageThatGoesElsewhereIsLoadedWhenTheLastOneIs) {
  Watched watched("everything");
  watched.feed_all();
  auto const navigation = [&](char const* method, char const* url) {
    watched.feed({method, {{"context", "tab-everything"}, {"navigation", "second"}, {"url", url}}});
  };
  navigation("browsingContext.navigationStarted", "http://127.0.0.1:59913/second");
  EXPECT_FALSE(watched.watch.loaded());
  // A download, say: the page stays.
  navigation("browsingContext.navigationFailed", "http://127.0.0.1:59913/second");
  EXPECT_TRUE(watched.watch.loaded());
  navigation("browsingContext.navigationStarted", "http://127.0.0.1:59913/second");
  navigation("browsingContext.navigationCommitted", "http://127.0.0.1:59913/second");
  EXPECT_FALSE(watched.watch.loaded());
  EXPECT_FALSE(watched.marks(false).at(mark::kLoad));
  navigation("browsingContext.load", "http://127.0.0.1:59913/second");
  EXPECT_TRUE(watched.watch.loaded());
  EXPECT_EQ(watched.page().final_url, "http://127.0.0.1:59913/second");
}

// Calls `change` on each value in `in`, one after the other, the rest as it was.
void with_each_changed(json::value& in, std::function<void()> const& look,
                       std::vector<json::value> const& instead) {
  auto const change = [&](json::value& value) {
    with_each_changed(value, look, instead);
    auto const old = value;
    for (auto const& other : instead) {
      value = other;
      look();
    }
    value = old;
  };
  if (auto* const object = in.if_object())
    for (auto& member : *object) change(member.value());
  if (auto* const array = in.if_array())
    for (auto& element : *array) change(element);
}

TEST(PageWatch, TakesAnyValueInAnyPlace) {
  std::vector<json::value> const instead{
      nullptr,       true,          -1, 1e308, 1795546568461.302, "", "tab-everything",
      json::array{}, json::object{}};
  int looked = 0;
  for (auto const& event : recorded("everything")) {
    json::value params(event.params);
    with_each_changed(
        params,
        [&] {
          PageWatch watch("tab-everything");
          for (int i = 0; i < 2; ++i)
            if (auto const parsed = parse_event(event.method, params.get_object()))
              watch.on(*parsed, kBegin);
          model::PageLoad page;
          model::Marks marks;
          watch.fill(page);
          watch.fill(marks, true);
          EXPECT_LE(page.resources.size(), 1U);
          ++looked;
        },
        instead);
  }
  EXPECT_GT(looked, 10'000);
}

TEST(PageWatch, BoundsWhatAPageCanMakeItKeep) {
  PageWatch watch("tab");
  NetworkEvent event;
  event.context = "tab";
  for (std::size_t i = 0; i < kMostResources + 10; ++i) {
    event.request = std::to_string(i);
    event.url = "http://a.test/" + event.request;
    watch.on(event, kBegin);
  }
  model::PageLoad page;
  watch.fill(page);
  EXPECT_EQ(page.resources.size(), kMostResources);
}

}  // namespace
}  // namespace perfd::browser
