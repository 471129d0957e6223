// What monitoring reads of a running daemon: its values agree with its results, and a probe goes
// through tor and leaves nothing behind.
#include <fstream>
#include <sstream>

#include "app/real/network_fixture.h"
#include "web/support/exposition.h"

namespace perfd::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Nobody's, with a right checksum.
constexpr auto kOnion = "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad";

class Monitored : public NetworkTest {
 protected:
  ~Monitored() override {
    if (started_) run({"stop", "--data", data()});
  }
  void start(std::string const& more) {
    auto const config = configure(experiment("fast", "50 KiB", "1s", "1s") +
                                  "[results]\nlisten = \"" + results() + "\"\n" + more);
    auto const done = run({"start", "-c", config});
    ASSERT_EQ(done.status.code, 0) << done.text() << log();
    started_ = true;
  }
  static std::string results() { return "127.0.0.1:" + std::to_string(port() + 1000); }
  // Head and body of an answer.
  std::pair<std::string, std::string> get(std::string const& address,
                                          std::vector<std::string> more = {}) {
    more.push_back("http://" + results() + address);
    auto const all = curl(std::move(more));
    auto const blank = all.find("\r\n\r\n");
    if (blank == std::string::npos) return {all, ""};
    return {all.substr(0, blank), all.substr(blank + 4)};
  }
  web::Exposition metrics() {
    web::Exposition out(get("/metrics").second);
    EXPECT_THAT(out.wrong(), IsEmpty());
    return out;
  }
  std::size_t good() {
    auto const all = outcomes();
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), "ok"));
  }
  // Whether a file of the data folder has these bytes.
  bool is_kept(std::string const& text) {
    for (auto const& entry : std::filesystem::directory_iterator(data())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      std::stringstream all;
      all << file.rdbuf();
      if (all.str().find(text) != std::string::npos) return true;
    }
    return false;
  }
  bool started_ = false;
};

TEST_F(Monitored, ValuesAgreeWithResults) {
  up();
  auto const slo = write("slo.toml", "[slo.fresh]\nexperiment = \"fast\"\nfreshness = \"10m\"\n");
  start("slo = \"" + slo.string() + "\"\n");
  EXPECT_THAT(get("/healthz").first, HasSubstr("200"));
  ASSERT_TRUE(eventually([&] { return get("/readyz").first.find(" 200 ") != std::string::npos; }))
      << get("/readyz").second;
  ASSERT_TRUE(eventually([&] { return good() >= 3; })) << log();

  auto const before = good();
  auto const all = metrics();
  auto const after = good();
  auto const counted = all.value("perfd_measurements_total", {{"outcome", "ok"}}).value_or(0);
  EXPECT_GE(counted, static_cast<double>(before) - 1) << "printed when it is on disk";
  EXPECT_LE(counted, static_cast<double>(after) + 1);
  EXPECT_EQ(all.value("perfd_ttfb_seconds_count", {{"experiment", "fast"}}), counted);
  EXPECT_EQ(all.value("perfd_ttlb_seconds_count", {{"experiment", "fast"}}), counted);
  EXPECT_EQ(all.value("perfd_tor_up", {{"tor", "default"}}), 1);
  EXPECT_EQ(all.value("perfd_tor_ready", {{"tor", "default"}}), 1);
  EXPECT_EQ(all.value("perfd_tor_bootstrap_ratio", {{"tor", "default"}}), 1);
  EXPECT_GE(all.value("perfd_circuits_total", {{"result", "built"}}).value_or(0), 3);
  EXPECT_GT(all.value("perfd_store_bytes").value_or(0), 4096);
  EXPECT_EQ(all.value("perfd_store_failing"), 0);
  EXPECT_EQ(all.value("perfd_experiment_interval_seconds", {{"experiment", "fast"}}), 1);
  auto const last = all.value("perfd_experiment_last_success_timestamp_seconds");
  EXPECT_NEAR(last.value_or(0), static_cast<double>(to_us(runtime::wall_now())) / 1e6, 30);

  // The first judgement was at the start, where there was no success yet.
  auto const check = run({"check", "--slo", slo, "--data", data()});
  EXPECT_EQ(check.status.code, 0) << check.text();
  EXPECT_THAT(check.text(), HasSubstr("ok       fresh: fast freshness"));
  EXPECT_EQ(metrics().value("perfd_slo_failing", {{"rule", "fresh"}}), std::nullopt);
  auto const alerts = get("/api/v1/alerts").second;
  EXPECT_THAT(alerts, AllOf(HasSubstr("\"name\":\"fresh\""), HasSubstr("\"state\":\"no data\"")));

  // A restart doesn't make it look as if nothing had ever succeeded.
  ASSERT_EQ(run({"stop", "--data", data()}).status.code, 0);
  start("slo = \"" + slo.string() + "\"\n");
  EXPECT_TRUE(eventually(
      [&] { return metrics().value("perfd_experiment_last_success_timestamp_seconds") >= last; }));
  EXPECT_TRUE(eventually([&] { return metrics().value("perfd_slo_failing") == 0; }));
}

TEST_F(Monitored, IsNotReadyWhereATorThatIsNeededIsDown) {
  up();
  start("");
  ASSERT_TRUE(eventually([&] { return get("/readyz").first.find(" 200 ") != std::string::npos; }));
  auto const tors = processes_naming(data() + "/tor");
  ASSERT_EQ(tors.size(), 1u);
  // It is started again, after a second.
  ASSERT_EQ(::kill(tors[0], SIGKILL), 0);
  std::string reason;
  EXPECT_TRUE(eventually([&] {
    auto const answer = get("/readyz");
    reason = answer.second;
    return answer.first.find(" 503 ") != std::string::npos;
  }));
  EXPECT_THAT(reason, HasSubstr("tor.default: "));
  EXPECT_GE(metrics().value("perfd_tor_failures_total", {{"tor", "default"}}).value_or(0), 1);
}

TEST_F(Monitored, AProbeGoesThroughTorAndLeavesNothing) {
  up();
  std::string const token = "0123456789abcdef0123456789";
  auto const file = write("token", token + "\n");
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  start("token-file = \"" + file.string() + "\"\n" +
        "[probe.net]\nhosts = [\"perfd.test\", \"*.onion\"]\ntimeout = \"20s\"\n");
  ASSERT_TRUE(eventually([&] { return good() >= 1; })) << log();
  std::vector<std::string> const with_token{"-H", "Authorization: Bearer " + token};
  auto const target = "/probe?module=net&target=" + at_server("/urandom/51200");

  auto const done = get(target, with_token);
  EXPECT_THAT(done.first, HasSubstr(" 200 "));
  web::Exposition const probe(done.second);
  EXPECT_THAT(probe.wrong(), IsEmpty());
  EXPECT_EQ(probe.value("probe_success"), 1) << done.second;
  EXPECT_GT(probe.value("probe_received_bytes").value_or(0), 51200);
  EXPECT_GT(probe.value("probe_ttlb_seconds").value_or(0), 0);
  EXPECT_GE(probe.value("probe_duration_seconds"), probe.value("probe_ttlb_seconds"));

  // An onion address that is nobody's: it fails, within the scrape's time.
  auto short_time = with_token;
  short_time.insert(short_time.end(), {"-H", "X-Prometheus-Scrape-Timeout-Seconds: 3"});
  auto const began = runtime::mono_now();
  auto const failed = get("/probe?module=net&target=" + std::string(kOnion) + ".onion", short_time);
  EXPECT_LT(runtime::mono_now() - began, std::chrono::seconds(3)) << failed.second;
  EXPECT_EQ(web::Exposition(failed.second).value("probe_success"), 0) << failed.first;
  EXPECT_THAT(failed.second, HasSubstr("probe_failure_info"));

  EXPECT_THAT(get(target, {"-H", "Authorization: Bearer wrong"}).first, HasSubstr(" 401 "));
  EXPECT_THAT(get("/probe?module=net&target=127.0.0.1", with_token).first, HasSubstr(" 400 "));
  EXPECT_EQ(metrics().value("perfd_probes_total", {{"module", "net"}}), 2);

  EXPECT_EQ(run({"stop", "--data", data()}).status.code, 0);
  started_ = false;
  for (auto const& record : records(data())) EXPECT_EQ(record.at("experiment").as_string(), "fast");
  EXPECT_FALSE(is_kept(kOnion));
  EXPECT_FALSE(is_kept(token));
  EXPECT_TRUE(is_kept("perfd.test")) << "what is measured is kept";
}

}  // namespace
}  // namespace perfd::app
