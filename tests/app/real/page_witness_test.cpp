// The same page, told by those who know nothing of each other: Firefox, the measuring proxy, the
// far end of tor, perfd's server, and curl. They must tell the same requests and the same bytes.
#include <boost/json.hpp>
#include <compare>
#include <fstream>
#include <map>
#include <ostream>

#include "app/real/station_fixture.h"
#include "base/text.h"
#include "net/server.h"
#include "net/support/wire_tap.h"
#include "places.h"
#include "runtime/deadline.h"

namespace perfd::app {
namespace {

// What one connection carried.
struct Carried {
  std::vector<std::string> targets;  // of its requests, in their order
  std::int64_t up = 0;
  std::int64_t down = 0;

  friend auto operator<=>(Carried const&, Carried const&) = default;
  friend void PrintTo(Carried const& one, std::ostream* out) {
    *out << one.targets.size() << " requests";
    for (auto const& target : one.targets) *out << ' ' << target;
    *out << "; " << one.up << " bytes up, " << one.down << " down";
  }
};

// A browser may open a connection that it then has no use for.
std::vector<Carried> used(std::vector<Carried> all) {
  std::erase_if(all, [](auto const& one) { return one.targets.empty() && one.up + one.down == 0; });
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<Carried> told_by(std::vector<model::ProxyConnection> const& connections) {
  std::vector<Carried> out;
  for (auto const& connection : connections) {
    auto& one = out.emplace_back(Carried{{}, connection.bytes_up, connection.bytes_down});
    for (auto const& request : connection.requests)
      if (!request.target.empty()) one.targets.push_back(request.target);
  }
  return used(std::move(out));
}

std::vector<Carried> told_by(net::test::WireTap const& tap) {
  std::vector<Carried> out;
  for (auto const& one : tap.connections())
    out.push_back({one.targets, one.bytes_up, one.bytes_down});
  return used(std::move(out));
}

std::string target_of(std::string const& url) { return url.substr(url.find('/', 8)); }

// The same picture or font asked for again comes out of the browser itself.
std::vector<model::Resource> fetched(std::vector<model::Resource> resources) {
  std::erase_if(resources, [](auto const& resource) { return resource.from_cache; });
  return resources;
}

// The browser tells nothing of what it sent.
std::vector<Carried> told_by(std::vector<model::Resource> resources) {
  std::sort(resources.begin(), resources.end(),
            [](auto const& a, auto const& b) { return a.request_start < b.request_start; });
  std::map<std::uint64_t, Carried> by_connection;
  for (auto const& resource : resources) {
    auto& one = by_connection[resource.connection.value_or(0)];
    one.targets.push_back(target_of(resource.url));
    one.down += resource.bytes_received;
  }
  std::vector<Carried> out;
  for (auto const& [number, one] : by_connection) out.push_back(one);
  return used(std::move(out));
}

std::vector<Carried> without_up(std::vector<Carried> all) {
  for (auto& one : all) one.up = 0;
  return used(std::move(all));
}

class PageWitness : public StationTest {
 protected:
  PageWitness() {
    server_.listen(runtime::BoundListener::bind(net::test::any_port()).value());
    tap_.emplace(loop_, server_.addresses().at(0));
  }
  ~PageWitness() override {
    stop();
    tap_.reset();
    loop_.run_until_done(server_.stop());
  }

  // As an exit reaches the server, past the tap.
  std::string url(std::string const& path) {
    return "http://" + std::string(PrivateStation::kServerName) + ":" +
           std::to_string(tap_->address().port()) + path;
  }
  runtime::Child child(std::string program, std::vector<std::string> arguments) {
    runtime::ChildSpec spec;
    spec.program = std::move(program);
    spec.arguments = std::move(arguments);
    return loop_.run_until_done(launcher_.start(std::move(spec))).value();
  }
  std::optional<std::string> next(runtime::LineReader& reader) {
    auto read = loop_.run_until_done(
        runtime::with_deadline(runtime::mono_now() + std::chrono::seconds(60), next_line(reader)));
    EXPECT_TRUE(read.has_value()) << "nothing was said for a minute";
    return read ? *read : std::nullopt;
  }

  net::MeasurementServer server_{loop_, {}, nullptr, nullptr};
  std::optional<net::test::WireTap> tap_;

 private:
  static runtime::Task<Result<std::optional<std::string>>> next_line(runtime::LineReader& reader) {
    auto line = co_await reader.next();
    co_return success(std::move(line));
  }
};

// What curl counts of one transfer.
struct CurlCount {
  std::int64_t body = 0, header = 0, request = 0;
};

TEST_F(PageWitness, FirefoxTheProxyTheServerAndCurlTellTheSame) {
  start();
  auto wanted = experiment("page");
  wanted.kind = config::Kind::page;
  wanted.size = Bytes{0};
  wanted.timeout = std::chrono::seconds(90);
  wanted.target = {config::TargetKind::url, url("/page/median?load=witness")};
  auto const record = measure(wanted);
  ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
  auto const& page = record.page.value();
  auto const resources = fetched(page.resources);

  auto const at_proxy = told_by(page.connections);
  auto const at_server = told_by(*tap_);
  EXPECT_EQ(at_proxy, at_server);
  EXPECT_EQ(told_by(resources), without_up(at_proxy));
  EXPECT_GT(at_proxy.size(), 1u);
  auto const stats = server_.stats();
  EXPECT_EQ(stats.requests, resources.size());
  EXPECT_EQ(stats.refused, 0u);
  EXPECT_EQ(stats.accepted, tap_->connections().size());
  std::uint64_t bodies = 0;
  for (auto const& resource : resources)
    bodies += static_cast<std::uint64_t>(resource.bytes_received - resource.header_bytes);
  EXPECT_EQ(stats.payload_bytes, bodies);

  // The same addresses by curl, through `perfd proxy` and the same tor.
  auto proxy = child(perfd::test::perfd_binary(),
                     {"proxy", "--socks", instance(PrivateStation::kTor).socks().value().text()});
  runtime::LineReader lines(proxy.output(), 1 << 20);
  auto const greeting = next(lines).value_or("");
  auto const words = split(greeting, ' ');
  ASSERT_GE(words.size(), 4u) << greeting;
  {
    std::ofstream config(folder_ / "curl");
    config << "silent\nwrite-out = \"%{url_effective} %{size_download} %{size_header} "
              "%{size_request} %{http_code}\\n\"\n"
           << "socks5-hostname = \"" << trim(split(words[3], ';')[0]) << "\"\n";
    for (auto const& resource : resources)
      config << "url = \"" << resource.url << "\"\noutput = \"/dev/null\"\n";
  }
  auto curl = child("/usr/bin/curl", {"-K", (folder_ / "curl").string()});
  runtime::LineReader said(curl.output());
  std::map<std::string, CurlCount> counts;
  CurlCount sum;
  while (auto const line = next(said)) {
    auto const parts = split(*line, ' ');
    ASSERT_EQ(parts.size(), 5u) << *line;
    EXPECT_EQ(parts[4], "200") << *line;
    auto const number = [&](std::size_t i) { return parse_int<std::int64_t>(parts[i]).value(); };
    CurlCount const one{number(1), number(2), number(3)};
    counts[std::string(parts[0])] = one;
    sum = {sum.body + one.body, sum.header + one.header, sum.request + one.request};
  }
  auto const seen = next(lines);
  proxy.send_signal(SIGTERM);
  loop_.run_until_done(proxy.wait());

  ASSERT_EQ(counts.size(), resources.size());
  for (auto const& resource : resources) {
    auto const& count = counts[resource.url];
    EXPECT_EQ(count.body + count.header, resource.bytes_received) << resource.url;
    EXPECT_EQ(count.header, resource.header_bytes) << resource.url;
  }
  ASSERT_TRUE(seen);
  auto const one = boost::json::parse(*seen).as_object();
  auto const told = [&](char const* key) { return one.at(key).to_number<std::int64_t>(); };
  EXPECT_EQ(told("number"), 1) << "curl keeps its connection";
  EXPECT_EQ(told("bytes_down"), sum.body + sum.header);
  EXPECT_EQ(told("bytes_up"), sum.request);
  EXPECT_EQ(one.at("requests").as_array().size(), counts.size());
  auto const& tapped = tap_->connections().back();
  EXPECT_EQ(tapped.targets.size(), counts.size());
  EXPECT_EQ(tapped.bytes_down, sum.body + sum.header);
  EXPECT_EQ(tapped.bytes_up, sum.request);
}

}  // namespace
}  // namespace perfd::app
