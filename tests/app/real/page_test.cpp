// Page loads in a real Firefox through real tors: what the browser, the measuring proxy and tor
// tell of the same load.
#include <boost/json.hpp>
#include <map>
#include <set>

#include "app/real/station_fixture.h"
#include "formats/har.h"
#include "formats/jsonl.h"

namespace perfd::app {
namespace {

using model::FailureCode;
using testing::HasSubstr;
namespace mark = model::mark;

class Page : public StationTest {
 protected:
  static config::Experiment page(config::BuiltInPage which) {
    auto out = experiment("page");
    out.kind = config::Kind::page;
    out.size = Bytes{0};
    out.page = which;
    out.timeout = std::chrono::seconds(90);
    return out;
  }
  // Measures it on a schedule from now on, in the place of what was scheduled before.
  void schedule(config::Experiment const& experiment,
                std::function<void(model::Measurement const&)> on_record) {
    if (on_record) on_record_ = std::move(on_record);
    auto settings = station_->station().settings();
    settings.experiments = {experiment};
    station_->station().reload(settings);
    if (!std::exchange(scheduled_, true)) station_->station().start_schedule();
  }
  bool scheduled_ = false;

  static config::Tor without_conflux() {
    config::Tor out;
    out.name = "no-conflux";
    out.torrc = {"ConfluxEnabled 0"};
    return out;
  }
};

// Each mark no earlier than the one before.
void expect_order(model::Measurement const& record, std::vector<std::string_view> const& names) {
  WallTime latest{};
  for (auto const name : names) {
    auto const at = record.marks.at(name);
    ASSERT_TRUE(at) << name;
    EXPECT_GE(*at, latest) << name;
    latest = *at;
  }
}

TEST_F(Page, TheBrowserTheProxyAndTorTellTheSame) {
  start();
  auto wanted = page(config::BuiltInPage::median);
  wanted.screenshot = true;
  auto const record = measure(wanted);
  ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
  auto const& load = record.page.value();
  EXPECT_EQ(model::requests(load), 78) << "as docs/measurement.md says of the page";
  EXPECT_EQ(load.failed, 0);
  EXPECT_THAT(load.browser, testing::StartsWith("Firefox "));
  expect_order(record, {mark::kStart, mark::kDataRequest, mark::kDataResponse,
                        mark::kDomContentLoaded, mark::kLoad});
  expect_order(record,
               {mark::kDataResponse, mark::kFirstContentfulPaint, mark::kLargestContentfulPaint});
  expect_order(record, {mark::kLoad, mark::kDataComplete, mark::kFullyLoaded});

  // Byte for byte: what the browser got is what came over its connections.
  std::map<std::uint64_t, std::int64_t> bytes;
  for (auto const& resource : load.resources) {
    if (resource.from_cache) continue;
    ASSERT_TRUE(resource.connection) << resource.url;
    bytes[*resource.connection] += resource.bytes_received;
  }
  std::set<std::string> streams;
  for (auto const& stream : load.streams) {
    streams.insert(stream.source_address);
    EXPECT_EQ(stream.socks_username, record.id);
    ASSERT_FALSE(stream.attachments.empty());
    auto const carrier = stream.attachments.back().circuit_id;
    EXPECT_TRUE(std::any_of(record.tor.circuits.begin(), record.tor.circuits.end(),
                            [&](auto const& circuit) { return circuit.id == carrier; }));
  }
  EXPECT_FALSE(load.connections.empty());
  for (auto const& connection : load.connections) {
    EXPECT_EQ(connection.bytes_down, bytes[connection.number]) << connection.number;
    EXPECT_EQ(connection.username, record.id);
    EXPECT_TRUE(streams.contains(connection.source_address)) << connection.source_address;
  }
  EXPECT_EQ(record.readbytes, record.payload_bytes);
  ASSERT_TRUE(record.tor.stream);
  for (auto const& check : load.clocks) EXPECT_GT(check.moments, 0) << check.name;
  EXPECT_EQ(load.clocks.size(), 2u);

  EXPECT_TRUE(std::filesystem::exists(folder_ / "data" / "screenshots" / (record.id + ".png")));
  auto const line = formats::to_json_line(record);
  auto const read = formats::from_json_line(line);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(*read, record);
  auto const har = boost::json::parse(formats::to_har(record)).at("log");
  EXPECT_EQ(har.at("entries").as_array().size(), load.resources.size());
  EXPECT_EQ(har.at("pages").at(0).at("id").as_string(), record.id);
  EXPECT_TRUE(har.at("entries").at(0).at("_tor").at("path").as_array().size() >= 3);
}

TEST_F(Page, OfAnOnionServiceWithAndWithoutEarlyData) {
  // Far away, so that a browser on a busy machine has written its request before tor replies.
  testnet::NetworkSpec network;
  network.authority_delay = std::chrono::milliseconds{25};
  for (auto& relay : network.relays) relay.delay = network.authority_delay;
  start({without_conflux()}, network);
  await("no-conflux");
  auto wanted = page(config::BuiltInPage::plain);
  wanted.tor = "no-conflux";
  wanted.target.kind = config::TargetKind::onion;
  wanted.service = PrivateStation::kTor;
  auto const plain = measure(wanted);
  ASSERT_TRUE(plain.outcome.ok()) << plain.outcome.detail;
  EXPECT_EQ(model::requests(*plain.page), 3);
  EXPECT_THAT(plain.page->url, HasSubstr(".onion/page/plain?load=" + plain.id));
  ASSERT_TRUE(plain.tor.onion);
  for (auto const& connection : plain.page->connections) EXPECT_EQ(connection.early_bytes, 0);

  wanted.target = {};
  wanted.optimistic = true;
  auto const early = measure(wanted);
  ASSERT_TRUE(early.outcome.ok()) << early.outcome.detail;
  EXPECT_TRUE(early.optimistic);
  ASSERT_FALSE(early.page->connections.empty());
  auto const& first = early.page->connections.front();
  EXPECT_TRUE(first.optimistic);
  EXPECT_GT(first.early_bytes, 0) << "the request was on its way before tor's reply";
  EXPECT_LT(first.marks.at(mark::kUpFirst), first.marks.at(mark::kResponse));
}

TEST_F(Page, OverTlsWithACertificateOfPerfdsOwn) {
  start();
  auto wanted = page(config::BuiltInPage::plain);
  wanted.https = true;
  auto const record = measure(wanted);
  ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
  EXPECT_THAT(record.page->url, testing::StartsWith("https://perfd.test:"));
  EXPECT_EQ(model::requests(*record.page), 3);
  expect_order(record, {mark::kStart, mark::kTlsStart, mark::kTlsEnd, mark::kDataRequest,
                        mark::kDataResponse});
  // The server's handshake ends behind the client's; both clocks are of this machine.
  auto const secured = record.server.at(mark::kServerTls);
  ASSERT_TRUE(secured);
  EXPECT_LT(*secured, *record.server.at(mark::kServerRequest));
  EXPECT_LT(*record.marks.at(mark::kTlsStart), *secured);
  EXPECT_LT(*secured, *record.marks.at(mark::kDataResponse));
  for (auto const& check : record.page->clocks) EXPECT_GT(check.moments, 0) << check.name;
  // Who has the authority can check the same certificate without an exception.
  EXPECT_TRUE(std::filesystem::exists(folder_ / "data" / "tls" / "tls-authority.pem"));

  // The exception is for that load alone.
  wanted.https = false;
  wanted.target = {config::TargetKind::url, record.page->url.substr(0, record.page->url.find('?'))};
  auto const stranger = measure(wanted);
  EXPECT_EQ(stranger.outcome.code, FailureCode::browser_navigation) << stranger.outcome.detail;
  EXPECT_THAT(stranger.outcome.detail, HasSubstr("UNKNOWN_ISSUER"));
}

TEST_F(Page, AFormIsSentByTheBrowserAndTimedByTheServer) {
  start();
  auto wanted = page(config::BuiltInPage::form);
  wanted.size = KiB(300);
  auto const record = measure(wanted);
  ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
  EXPECT_EQ(record.filesize, 300 * 1024);
  EXPECT_EQ(record.payload_bytes, 300 * 1024);
  WallTime last = *record.marks.at(mark::kStart);
  for (auto const name : {mark::kServerFirst, mark::kServerHalf, mark::kServerLast}) {
    auto const at = record.server.at(name);
    ASSERT_TRUE(at) << name;
    EXPECT_GE(*at, last) << name;
    last = *at;
  }
  EXPECT_LE(last, *record.marks.at(mark::kDataComplete));
  ASSERT_EQ(record.page->resources.size(), 2u);
  auto const& sent = record.page->resources.back();
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.request_bytes, 300 * 1024);
  EXPECT_GT(record.writebytes, 300 * 1024);

  // More than the server takes: the page comes, and what it sends is refused.
  wanted.size = Bytes{(100LL << 20) + 1};
  auto const refused = measure(wanted);
  EXPECT_EQ(refused.outcome.code, FailureCode::http_status) << refused.outcome.detail;
}

TEST_F(Page, OfAListEachHasItsTurn) {
  start();
  auto const server =
      "http://" + std::string(PrivateStation::kServerName) + ":" +
      std::to_string(station_->station().serving().measurement_addresses().front().port());
  auto const file = folder_ / "top.txt";
  ASSERT_TRUE(runtime::write_file(
      file, "1," + server + "/page/plain?load=a\n2," + server + "/no-such-page\n"));
  auto wanted = page(config::BuiltInPage::median);
  wanted.urls = file.string();
  wanted.every = std::chrono::seconds(5);
  wanted.timeout = std::chrono::seconds(30);
  std::vector<model::Measurement> seen;
  schedule(wanted, [&](auto const& record) {
    // A slot is missed where the browser took long to start.
    bool const began = record.started_at != WallTime{};
    if (began || record.outcome.operation == "list of pages") seen.push_back(record);
  });
  ASSERT_TRUE(
      loop_.run_until_done(until([&] { return seen.size() >= 3; }, std::chrono::seconds(60))));
  EXPECT_EQ(seen[0].target, server + "/page/plain?load=a");
  EXPECT_EQ(seen[0].outcome.code, FailureCode::ok) << seen[0].outcome.detail;
  EXPECT_EQ(seen[1].target, server + "/no-such-page");
  EXPECT_EQ(seen[1].outcome.code, FailureCode::http_status) << seen[1].outcome.detail;
  EXPECT_EQ(seen[2].target, seen[0].target);

  // Without a list a slot is a record of its own.
  std::filesystem::remove(file);
  wanted.name = "page-of-no-list";
  auto const before = seen.size();
  schedule(wanted, {});
  ASSERT_TRUE(loop_.run_until_done(
      until([&] { return seen.size() > before && seen.back().experiment == wanted.name; },
            std::chrono::seconds(60))));
  EXPECT_EQ(seen.back().outcome.code, FailureCode::perfd_missed_slot);
  EXPECT_EQ(seen.back().outcome.operation, "list of pages");
  EXPECT_THAT(seen.back().outcome.detail, HasSubstr("top.txt"));
}

TEST_F(Page, WhatDoesNotLoadSaysWhyAndTheNextOneDoes) {
  start();
  auto const server =
      "http://" + std::string(PrivateStation::kServerName) + ":" +
      std::to_string(station_->station().serving().measurement_addresses().front().port());
  auto wanted = page(config::BuiltInPage::plain);
  wanted.target = {config::TargetKind::url, "http://no-such-name.test/"};
  auto const unknown = measure(wanted);
  EXPECT_EQ(unknown.outcome.code, FailureCode::socks_host_unreachable) << unknown.outcome.detail;
  EXPECT_THAT(unknown.outcome.detail, HasSubstr("NS_ERROR"));

  wanted.target.url = server + "/no-such-page";
  auto const missing = measure(wanted);
  EXPECT_EQ(missing.outcome.code, FailureCode::http_status) << missing.outcome.detail;
  EXPECT_EQ(missing.http_status, 404);

  wanted.target = {};
  auto const good = measure(wanted);
  EXPECT_TRUE(good.outcome.ok()) << good.outcome.detail;
  EXPECT_EQ(good.page->failed, 0);
}

}  // namespace
}  // namespace perfd::app
