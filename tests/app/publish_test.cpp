// Days that were over before a daemon started: published by it, scraped, and imported elsewhere.
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <regex>

#include "app/perfd_process.h"

namespace perfd::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr auto kAnalysis = "2021-01-01.onionperf.analysis.json.xz";
constexpr auto kTpf = "op-hk5-5242880-2021-01-01.tpf";

class Publish : public PerfdProcessTest {
 protected:
  [[nodiscard]] std::string data() const { return (folder_ / "data").string(); }
  static std::string listen() { return "127.0.0.1:" + std::to_string(19000 + ::getpid() % 1000); }
  // A daemon that measures nothing: its tor is none.
  std::string configure(std::string const& results = "") {
    return write("perfd.toml", "[vantage]\nname = \"op-hk5\"\n[server]\nlisten = [\"" + listen() +
                                   "\"]\n[store]\npath = \"" + data() +
                                   "/perfd.db\"\nkeep = \"36500d\"\n[results]\n" + results +
                                   "\n[tor.default]\nattach = \"127.0.0.1:1\"\n");
  }
  void import_sample(std::string const& name, std::string const& to) {
    ASSERT_EQ(run({"import", "--data", to, test::data(name)}).status.code, 0);
  }
  std::string curl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-s", "--path-as-is", "-m", "10"});
    auto child = loop_.run_until_done(launcher_.start({"/usr/bin/curl", arguments, {}, folder_}));
    if (!child) throw std::runtime_error(child.error().message);
    return loop_.run_until_done(finish(*child)).value().text();
  }
  static std::string url(std::string const& path) { return "http://" + listen() + path; }

  template <class Condition>
  bool eventually(Condition condition) {
    auto const until = runtime::mono_now() + std::chrono::seconds(40);
    while (!condition() && runtime::mono_now() < until)
      loop_.run_until_done(runtime::sleep_for(std::chrono::milliseconds(100)));
    return condition();
  }
  static std::string bytes(std::filesystem::path const& path) {
    auto content = runtime::read_file(path, 1 << 24);
    return content ? *content : content.error().message;
  }
};

// The files that CollecTor would fetch.
std::vector<std::string> links(std::string const& listing) {
  static std::regex const link(
      R"re(<a href="([^"/]+\.tpf|[0-9-]{10}\.onionperf\.analysis\.json\.xz)">)re");
  std::vector<std::string> found;
  for (std::sregex_iterator match(listing.begin(), listing.end(), link), end; match != end; ++match)
    found.push_back(match->str(1));
  return found;
}

TEST_F(Publish, WhatWasOverBeforeTheStartIsThereForCollecTor) {
  import_sample("onionperf-3.0.json", data());
  import_sample("torperf-51200-2016-10-02.tpf", data());
  auto daemon = start({"run", "-c", configure()});
  auto const listing = [&] { return curl({url("/collector/")}); };
  auto const index = [&] { return curl({url("/collector/index.xml")}); };
  ASSERT_TRUE(eventually([&] { return index().find(kTpf) != std::string::npos; })) << listing();
  EXPECT_THAT(links(listing()), ElementsAre(kAnalysis, kTpf));
  EXPECT_THAT(listing(), HasSubstr("<a href=\"torperf/\">"));
  EXPECT_THAT(links(curl({url("/collector/torperf/")})),
              ElementsAre("2016-10-02.onionperf.analysis.json.xz", "torperf-51200-2016-10-02.tpf"));

  // As the files lie there, and with the digest of the index.
  for (auto const* name : {kAnalysis, kTpf}) {
    auto const fetched = folder_ / name;
    (void)curl({"-o", fetched.string(), url("/collector/" + std::string(name))});
    EXPECT_EQ(bytes(fetched), bytes(folder_ / "data/published/op-hk5" / name)) << name;
    EXPECT_THAT(index(), HasSubstr("name=\"" + std::string(name) + "\" size=\"" +
                                   std::to_string(bytes(fetched).size()) + "\""));
    auto const checked = run({"check", "--results", fetched.string()});
    EXPECT_THAT(checked.text(), HasSubstr(": 5 results, 0 errors")) << checked.text();
  }
  auto const head = curl({"-I", url("/collector/" + std::string(kAnalysis))});
  EXPECT_THAT(head, AllOf(HasSubstr("HTTP/1.1 200"), HasSubstr("Content-Type: application/x-xz"),
                          HasSubstr("Content-Length: " +
                                    std::to_string(bytes(folder_ / kAnalysis).size()))));
  std::smatch etag;
  ASSERT_TRUE(std::regex_search(head, etag, std::regex("ETag: (\"[^\"]+\")")));
  EXPECT_THAT(curl({"-i", "-H", "If-None-Match: " + etag.str(1),
                    url("/collector/" + std::string(kAnalysis))}),
              HasSubstr("HTTP/1.1 304"));
  for (auto const* path : {"/collector/../perfd.db", "/collector/op-hk5/../../perfd.db",
                           "/collector/.until", "/collector/op-hk5/%2e%2e/.until"})
    EXPECT_THAT(curl({"-i", url(path)}), HasSubstr("HTTP/1.1 404")) << path;

  EXPECT_TRUE(eventually([&] {
    return run({"status", "--data", data()}).text().find("published: /collector/, days to 20") !=
           std::string::npos;
  })) << run({"status", "--data", data()}).text();
  daemon.send_signal(SIGTERM);
  EXPECT_THAT(loop_.run_until_done(finish(daemon)).value().text(),
              HasSubstr("event=published day=2021-01-01 files=2 results=5"));

  // Elsewhere they tell the same, by both ways.
  auto const other = (folder_ / "other").string();
  ASSERT_EQ(run({"import", "--data", other, (folder_ / kAnalysis).string()}).status.code, 0);
  auto const csv = [&](std::string const& from) {
    return run({"export", "--data", from, "--source", "op-hk5", "--format", "csv"}).lines;
  };
  EXPECT_EQ(csv(other), csv(data()));
  // Circuits and streams by their ids alone, as OnionPerf has them.
  auto const text =
      run({"export", "--data", data(), "--source", "op-hk5", "--format", "onionperf"});
  EXPECT_THAT(text.text(), AllOf(HasSubstr("\"circuits\":{\"124978\":{"), Not(HasSubstr("::0\""))));
}

TEST_F(Publish, ADayIsMadeAgainByExport) {
  import_sample("onionperf-3.0.json", data());
  auto const out = (folder_ / "out").string();
  auto const made = run({"export", "--data", data(), "--format", "collector", "-o", out});
  EXPECT_EQ(made.status.code, 0) << made.text();
  EXPECT_THAT(made.text(), HasSubstr("5 results written to 2 files"));
  auto const tpf = bytes(out + "/op-hk5/" + kTpf);
  EXPECT_THAT(tpf, HasSubstr("SOURCE=op-hk5"));
  EXPECT_THAT(bytes(out + "/op-hk5/index.xml"), HasSubstr(kTpf));

  // Other days are none of its business.
  auto const none = run(
      {"export", "--data", data(), "--format", "collector", "-o", out, "--since", "2021-01-02"});
  EXPECT_THAT(none.text(), HasSubstr("0 results written to 0 files"));
  EXPECT_EQ(bytes(out + "/op-hk5/" + kTpf), tpf);

  EXPECT_EQ(run({"export", "--data", data(), "--format", "collector"}).status.code, 2);
  auto const partly = run({"export", "--data", data(), "--format", "collector", "-o", out,
                           "--experiment", "download-5m"});
  EXPECT_EQ(partly.status.code, 2);
  EXPECT_THAT(partly.text(), HasSubstr("whole days"));
}

TEST_F(Publish, NothingIsPublishedWhereTheConfigurationSaysSo) {
  import_sample("onionperf-3.0.json", data());
  auto daemon = start({"run", "-c", configure("publish = false")});
  ASSERT_TRUE(eventually([&] { return !curl({url("/")}).empty(); }));
  EXPECT_THAT(curl({"-i", url("/collector/")}), HasSubstr("HTTP/1.1 404"));
  EXPECT_THAT(run({"status", "--data", data()}).text(), Not(HasSubstr("published")));
  daemon.send_signal(SIGTERM);
  (void)loop_.run_until_done(finish(daemon));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "data/published"));
}

TEST_F(Publish, ADiskThatRefusesIsToldByStatusAndLog) {
  import_sample("onionperf-3.0.json", data());
  write("data/published", "in the way of the folder");
  auto daemon = start({"run", "-c", configure()});
  EXPECT_TRUE(eventually([&] {
    return run({"status", "--data", data()}).text().find("PUBLISHING TROUBLE: 2021-01-01: ") !=
           std::string::npos;
  })) << run({"status", "--data", data()}).text();
  daemon.send_signal(SIGTERM);
  EXPECT_THAT(loop_.run_until_done(finish(daemon)).value().text(),
              HasSubstr("event=publishing-failed"));
}

}  // namespace
}  // namespace perfd::app
