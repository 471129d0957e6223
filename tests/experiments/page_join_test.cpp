#include "experiments/page_join.h"

#include <gmock/gmock.h>

namespace perfd::experiments {
namespace {

using std::chrono::milliseconds;

WallTime at(int ms) { return WallTime{std::chrono::seconds{1'700'000'000} + milliseconds{ms}}; }

model::ProxyConnection connection(std::uint64_t number, int accepted_ms) {
  model::ProxyConnection out;
  out.number = number;
  out.host = "a.test";
  out.port = 80;
  out.accepted_at = at(accepted_ms);
  out.marks.set(model::mark::kProxyAccept, {at(accepted_ms), model::MarkSource::clock, {}});
  return out;
}

model::Resource resource(std::string const& path, int start_ms, int end_ms) {
  model::Resource out;
  out.url = "http://a.test" + path;
  out.protocol = "http/1.1";
  out.request_start = at(start_ms);
  out.response_start = at(end_ms - 1);
  out.response_end = at(end_ms);
  return out;
}

std::vector<std::optional<std::uint64_t>> carriers(model::PageLoad const& page) {
  std::vector<std::optional<std::uint64_t>> out;
  for (auto const& one : page.resources) out.push_back(one.connection);
  return out;
}

TEST(DocumentOf, IsBehindItsRedirects) {
  model::PageLoad page;
  EXPECT_EQ(document_of(page), nullptr);
  page.resources = {resource("/old", 0, 1), resource("/new", 2, 3), resource("/style", 4, 5)};
  page.resources[0].id = page.resources[1].id = "1";
  page.resources[1].redirect = 1;
  page.resources[2].id = "2";
  EXPECT_EQ(document_of(page), &page.resources[1]);
}

TEST(JoinConnections, ByTheRequestThatTheProxySaw) {
  model::PageLoad page;
  page.connections = {connection(1, 0), connection(2, 1)};
  // At the same moment, and the other way round than the times would have it.
  page.connections[0].requests = {{at(10), "/b"}, {at(20), "/c"}};
  page.connections[1].requests = {{at(11), "/a"}};
  page.resources = {resource("/a", 10, 19), resource("/b", 11, 19), resource("/c", 20, 30)};
  join_connections(page);
  EXPECT_THAT(carriers(page), testing::ElementsAre(2, 1, 1));
}

TEST(JoinConnections, ByTimeWhereNothingCanBeRead) {
  model::PageLoad page;
  page.connections = {connection(1, 0), connection(2, 200)};
  page.connections[0].requests = {{at(10), ""}, {at(300), ""}};
  page.connections[1].requests = {{at(230), ""}};
  page.resources = {resource("/a", 10, 290), resource("/b", 230, 240), resource("/c", 300, 310)};
  page.resources[0].connect_start = at(0);
  page.resources[1].connect_start = at(200);
  join_connections(page);
  EXPECT_THAT(carriers(page), testing::ElementsAre(1, 2, 1));
}

TEST(JoinConnections, NothingWhereNoneFits) {
  model::PageLoad page;
  page.connections = {connection(1, 0)};
  page.connections[0].requests = {{at(10), "/a"}};
  auto cached = resource("/a", 10, 11);
  cached.from_cache = true;
  auto elsewhere = resource("/a", 10, 11);
  elsewhere.url = "http://b.test/a";
  auto never = resource("/a", 10, 11);
  never.request_start.reset();
  auto late = resource("/z", 5000, 5001);
  page.resources = {cached, elsewhere, never, late};
  join_connections(page);
  EXPECT_THAT(carriers(page), testing::Each(std::nullopt));
}

TEST(CompareClocks, TellsTheLargestDistanceFromWhatTheProxySaw) {
  model::PageLoad page;
  page.connections = {connection(1, 0)};
  auto& marks = page.connections[0].marks;
  marks.set(model::mark::kProxyReplied, {at(5), model::MarkSource::clock, {}});
  page.connections[0].requests = {{at(10), "/a"}, {at(90), "/b"}};
  // It came between 20 and 30 ms: the browser's 26 ms are no disagreement.
  marks.set(model::mark::kDownFirst, {at(30), model::MarkSource::kernel, milliseconds{10}});
  page.resources = {resource("/a", 10, 27)};
  page.resources[0].connect_start = at(0);
  page.resources[0].connect_end = at(8);
  page.resources[0].connection = 1;
  auto const check = compare_clocks(page, milliseconds{3});
  EXPECT_EQ(check.moments, 4);
  EXPECT_EQ(check.largest, milliseconds{3});
  EXPECT_TRUE(check.agrees);
  EXPECT_FALSE(compare_clocks(page, milliseconds{2}).agrees);
}

}  // namespace
}  // namespace perfd::experiments
