// `perfd demo` and `perfd measure`, on real tor processes.
#include <algorithm>

#include "app/real/network_fixture.h"
#include "schedule/arms.h"
#include "store/reader.h"

namespace perfd::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

using Demo = NetworkTest;
using MeasureDownload = NetworkTest;

using Lines = std::vector<std::string>;

// Reads what it prints until that is enough, then ends it as Ctrl-C does.
runtime::Task<Result<Finished>> finish_once(runtime::Child& child,
                                            std::function<bool(Lines const&)> const& enough) {
  Finished out;
  runtime::LineReader reader(child.output(), 1 << 20);
  bool told = false;
  while (auto line = co_await reader.next()) {
    out.lines.push_back(std::move(*line));
    if (told || !enough(out.lines)) continue;
    child.send_signal(SIGINT);
    told = true;
  }
  out.status = co_await child.wait();
  co_return out;
}

bool is_ok_of(std::string const& line, std::string_view what) {
  return line.find("\"outcome\":\"ok\"") != std::string::npos &&
         line.find(what) != std::string::npos;
}

TEST_F(Demo, PrintsWhatExportGives) {
  auto const data = folder_ / "demo";
  constexpr std::string_view kAll[] = {
      "\"kind\":\"download",   "\"kind\":\"upload",  "\"kind\":\"resolve", "\"kind\":\"page",
      "\"kind\":\"allocation", "\"target\":\"onion", "\"arm\":\"plain",    "\"arm\":\"early"};
  std::function<bool(Lines const&)> const enough = [&](Lines const& lines) {
    return std::all_of(std::begin(kAll), std::end(kAll), [&](auto what) {
      return std::any_of(lines.begin(), lines.end(),
                         [&](auto const& line) { return is_ok_of(line, what); });
    });
  };
  auto child = start({"demo", "--json", "--data", data});
  auto const end = loop_.run_until_done(runtime::with_deadline(
      runtime::mono_now() + std::chrono::seconds{150}, finish_once(child, enough)));
  if (!end) child.send_signal(SIGKILL);
  ASSERT_TRUE(end) << "not everything that a demo measures was measured";
  auto const& done = *end;
  EXPECT_EQ(done.status.code, 0) << done.text();
  std::vector<std::string> printed;
  for (auto const& line : done.lines)
    if (line.starts_with('{')) printed.push_back(line);
  // Seed and turn tell the arm again.
  for (auto const& line : printed) {
    auto const record = boost::json::parse(line).as_object();
    if (!record.contains("arm_turn")) continue;
    auto const& turn = record.at("arm_turn").as_object();
    auto const seed = std::stoull(std::string(turn.at("seed").as_string()), nullptr, 16);
    auto const arms = static_cast<std::size_t>(turn.at("arms").as_int64());
    ASSERT_EQ(arms, 2u);
    auto const arm = schedule::arm_of_turn(seed, turn.at("turn").as_int64(), arms);
    EXPECT_EQ(record.at("arm").as_string(), arm == 0 ? "plain" : "early");
  }

  auto exported = run({"export", "--data", data, "--format", "jsonl"}).lines;
  std::sort(printed.begin(), printed.end());
  std::sort(exported.begin(), exported.end());
  EXPECT_EQ(printed, exported);
  EXPECT_THAT(done.text(), HasSubstr("download-50k")) << "the summary";
  EXPECT_THAT(processes_naming(data), IsEmpty());

  auto const tpf = run({"export", "--data", data, "--format", "tpf", "-o", folder_ / "x.tpf"});
  EXPECT_EQ(tpf.status.code, 0) << tpf.text();
  EXPECT_EQ(run({"check", "--results", folder_ / "x.tpf"}).status.code, 0);
}

TEST_F(Demo, WithoutAFirefoxItSaysSoOnceAndMeasuresTheRest) {
  auto const done = run(
      {"demo", "--for", "5s", "--json", "--data", folder_ / "demo", "--browser", "no-such-firefox"},
      std::chrono::seconds{100});
  EXPECT_EQ(done.status.code, 0) << done.text();
  EXPECT_EQ(std::count_if(done.lines.begin(), done.lines.end(),
                          [](auto const& line) {
                            return line.find("no Firefox 'no-such-firefox'") != std::string::npos;
                          }),
            1)
      << done.text();
  EXPECT_THAT(done.text(), AllOf(HasSubstr("\"outcome\":\"ok\""), HasSubstr("firefox-esr"),
                                 testing::Not(HasSubstr("\"kind\":\"page"))));
}

TEST_F(Demo, CtrlCEndsItAndLeavesNoProcess) {
  auto const data = folder_ / "demo";
  auto child = start({"demo", "--data", data});
  ASSERT_TRUE(eventually([&] {
    auto const all = run({"export", "--data", data}).lines;
    return std::any_of(all.begin(), all.end(), [](auto const& line) {
      return line.find("\"outcome\":\"ok\"") != std::string::npos;
    });
  }));
  auto const began = runtime::mono_now();
  child.send_signal(SIGINT);
  auto const done = loop_.run_until_done(finish(child)).value();
  EXPECT_EQ(done.status.code, 0) << done.text();
  EXPECT_LT(runtime::mono_now() - began, std::chrono::seconds(5));
  EXPECT_THAT(done.text(), AllOf(HasSubstr("dashboard: http://127.0.0.1:"), HasSubstr("ttfb"),
                                 HasSubstr("guard"), HasSubstr(" ok  ")));
  EXPECT_THAT(processes_naming(data), IsEmpty());
}

TEST_F(Demo, CtrlCRecordsTheDownloadThatItCuts) {
  auto const data = folder_ / "demo";
  // The first download takes as long as a relay's slowest rate makes it.
  auto child = start({"demo", "--data", data, "--rate", "exit0=75KiB", "--rate", "exit1=75KiB",
                      "--rate", "guard0=75KiB", "--rate", "guard1=75KiB"});
  auto const under_way = [&] {
    auto reader = store::Reader::open(data / "perfd.db");
    if (!reader) return false;
    auto const running = reader->running();
    return running && !running->empty();
  };
  ASSERT_TRUE(eventually(under_way));
  child.send_signal(SIGINT);
  child.send_signal(SIGINT);  // an impatient user must not cut the tidying short
  auto const done = loop_.run_until_done(finish(child)).value();
  EXPECT_EQ(done.status.signal, 0);
  EXPECT_EQ(done.status.code, 0) << done.text();
  auto const all = records(data);
  ASSERT_FALSE(all.empty()) << done.text();
  EXPECT_NE(all.back().at("outcome").as_string(), "PERFD_ABORTED");
  EXPECT_FALSE(under_way());
  EXPECT_THAT(processes_naming(data), IsEmpty());
}

TEST_F(Demo, CtrlCDuringTheStartLeavesNoProcess) {
  auto const data = folder_ / "demo";
  auto child = start({"demo", "--data", data});
  ASSERT_TRUE(eventually([&] { return !processes_naming(data / "testnet").empty(); }));
  child.send_signal(SIGINT);
  (void)loop_.run_until_done(finish(child));
  EXPECT_THAT(processes_naming(data), IsEmpty());
}

TEST_F(Demo, AKilledDemoLeavesNoProcess) {
  auto const data = folder_ / "demo";
  auto child = start({"demo", "--data", data});
  ASSERT_TRUE(eventually([&] { return processes_naming(data / "testnet").size() >= 6; }));
  child.send_signal(SIGKILL);
  (void)loop_.run_until_done(finish(child));
  EXPECT_TRUE(eventually([&] { return processes_naming(data).empty(); }, 5));
}

TEST_F(MeasureDownload, OnANetworkOfItsOwn) {
  auto const done =
      run({"measure", "download", "--testnet", "--size", "100KiB", "-n", "2", "--json"},
          std::chrono::seconds{100});
  EXPECT_EQ(done.status.code, 0) << done.text();
  std::size_t results = 0;
  for (auto const& line : done.lines) {
    if (!line.starts_with('{')) continue;
    ++results;
    auto const record = boost::json::parse(line).as_object();
    EXPECT_EQ(record.at("filesize").as_int64(), 102400);
    EXPECT_EQ(record.at("outcome").as_string(), "ok");
  }
  EXPECT_EQ(results, 2u);
}

TEST_F(MeasureDownload, ThroughAProxyThatRunsOrATorOfItsOwn) {
  up({"--clients", "1"});
  // A server of perfd's behind the network.
  auto const config = configure(experiment("rare", "1 KiB", "1h", "30s"));
  ASSERT_EQ(run({"start", "-c", config}).status.code, 0);
  auto const socks =
      std::string(info_.at("clients").as_array()[0].as_object().at("socks").as_string());
  std::string const url = at_server("/urandom/20000");
  for (std::string const version : {"4a", "5"}) {
    auto const done =
        run({"measure", "download", "--socks", socks, "--socks-version", version, "--url", url});
    EXPECT_EQ(done.status.code, 0) << done.text();
    EXPECT_THAT(done.text(), AllOf(HasSubstr(" ok "), HasSubstr("ttlb")));
  }
  auto const missing =
      run({"measure", "download", "--socks", socks, "--url", at_server("/no-such-thing")});
  EXPECT_EQ(missing.status.code, 1);
  EXPECT_THAT(missing.text(), HasSubstr("HTTP_STATUS"));

  auto const own = run({"measure", "download", "--tor", "tor", "--torrc-file", torrc_file(),
                        "--url", url, "--size", "20000"});
  EXPECT_EQ(own.status.code, 0) << own.text();
  EXPECT_THAT(own.text(), HasSubstr("guard")) << "the circuit is known";
  run({"stop", "--data", data()});
}

}  // namespace
}  // namespace perfd::app
