// One set of filters in export and report, and comparisons of sources, versions and periods: on
// results that `perfd import` put into a store.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "app/perfd_process.h"
#include "base/id.h"
#include "formats/jsonl.h"

namespace perfd::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::int64_t kMidnight = 1'764'028'800'000'000;  // 2025-11-25T00:00:00Z
std::string const kGuard(40, 'A');
std::string const kExit(40, 'C');

class Filters : public PerfdProcessTest {
 protected:
  // A download in such an hour that went by kGuard and kExit, under tor 0.4.8.12.
  model::Measurement download(int hour, std::int64_t ttfb_us) {
    model::Measurement m;
    IdEntropy entropy{};
    for (std::size_t i = 0; i < 4; ++i)
      entropy[i] = static_cast<std::byte>(records_.size() >> (8 * i) & 0xFF);
    auto const at = wall_from_us(kMidnight + std::int64_t{hour} * 3'600'000'000);
    m.id = make_id(at, entropy);
    m.source = "op-a";
    m.experiment = "small";
    m.started_at = m.scheduled_at = at;
    m.filesize = m.payload_bytes = 51'200;
    m.marks.set("START", {at});
    m.marks.set("DATARESPONSE", {at + Micros{ttfb_us}});
    m.marks.set("DATACOMPLETE", {at + Micros{2 * ttfb_us}});
    m.tor.version = "0.4.8.12";
    m.tor.guard = kGuard;
    model::Circuit circuit;
    circuit.launched_at = at;
    circuit.path = {{kGuard, "guardy", at + Micros{30'000}}, {kExit, "exity", at + Micros{90'000}}};
    m.tor.circuits = {circuit};
    return m;
  }
  void record(model::Measurement const& m) { records_.push_back(m); }

  Finished ask(std::vector<std::string> arguments) {
    if (!imported_) {
      std::ofstream out(folder_ / "results.jsonl");
      for (auto const& m : records_) out << formats::to_json_line(m) << "\n";
      out.close();
      auto const done = run({"import", "--data", data(), (folder_ / "results.jsonl").string()});
      EXPECT_EQ(done.status.code, 0) << done.text();
      imported_ = true;
    }
    arguments.insert(arguments.begin() + 1, {"--data", data()});
    return run(arguments);
  }
  // The positions, among what was recorded, of what an export with these options gives.
  std::vector<std::size_t> exported(std::vector<std::string> options) {
    options.insert(options.begin(), "export");
    std::vector<std::size_t> out;
    for (auto const& line : ask(options).lines) {
      auto const m = formats::from_json_line(line);
      if (!m) {
        ADD_FAILURE() << line;
        continue;
      }
      for (std::size_t i = 0; i < records_.size(); ++i)
        if (records_[i].id == m->id) out.push_back(i);
    }
    return out;
  }

 private:
  [[nodiscard]] std::string data() const { return (folder_ / "data").string(); }
  std::vector<model::Measurement> records_;
  bool imported_ = false;
};

TEST_F(Filters, OfExportAreThoseOfTheTable) {
  record(download(0, 100'000));
  auto other = download(1, 100'000);
  other.source = "op-b";
  other.tor.version = "0.4.9.3";
  other.tor.build_timeout_learned = true;
  record(other);
  auto elsewhere = download(2, 100'000);
  elsewhere.tor.circuits.front().path.back().fingerprint = std::string(40, 'D');
  elsewhere.target = "onion";
  elsewhere.arm = "early";
  record(elsewhere);
  auto failed = download(3, 100'000);
  failed.outcome.code = model::FailureCode::net_timeout;
  failed.kind = model::Kind::upload;
  record(failed);

  EXPECT_THAT(exported({}), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(exported({"--source", "op-b"}), ElementsAre(1));
  EXPECT_THAT(exported({"--arm", "early"}), ElementsAre(2));
  EXPECT_THAT(exported({"--target", "onion"}), ElementsAre(2));
  EXPECT_THAT(exported({"--kind", "upload,page"}), ElementsAre(3));
  EXPECT_THAT(exported({"--outcome", "failed"}), ElementsAre(3));
  EXPECT_THAT(exported({"--since", "2025-11-25T01:00", "--until", "2025-11-25T03:00"}),
              ElementsAre(1, 2));
  EXPECT_THAT(exported({"--tor-version", "0.4.8"}), ElementsAre(0, 2, 3));
  EXPECT_THAT(exported({"--relay", "$" + std::string(40, 'c')}), ElementsAre(0, 1, 3));
  EXPECT_THAT(exported({"--without-relay", kExit}), ElementsAre(2));
  EXPECT_THAT(exported({"--build-timeout", "learned"}), ElementsAre(1));
  EXPECT_THAT(exported({"--build-timeout", "not-learned", "--outcome", "ok"}), ElementsAre(0, 2));
  EXPECT_THAT(exported({"--relay", std::string(40, 'E')}), IsEmpty());
  // The newest of those that match, not those that match of the newest.
  EXPECT_THAT(exported({"--limit", "2"}), ElementsAre(2, 3));
  EXPECT_THAT(exported({"--relay", kExit, "--limit", "2"}), ElementsAre(1, 3));
  EXPECT_THAT(ask({"export", "--format", "tpf", "--relay", std::string(40, 'D')}).text(),
              AllOf(HasSubstr("START=1764036000.00"), Not(HasSubstr("START=1764028800.00"))));
}

TEST_F(Filters, ThatAreWrongAreToldByTheNameOfTheOption) {
  record(download(0, 100'000));
  for (auto const& [option, value, words] :
       {std::tuple{"--relay", "guardy", "--relay: 'guardy' is no fingerprint of a relay"},
        {"--build-timeout", "yes", "--build-timeout: takes learned or not-learned"},
        {"--outcome", "BAD", "--outcome: 'BAD' is no outcome"},
        {"--since", "yesterday", "--since: 'yesterday' is not a time"}})
    for (auto const* command : {"export", "report"}) {
      auto const done = ask({command, option, value});
      EXPECT_EQ(done.status.code, 2) << command << option;
      EXPECT_THAT(done.text(), HasSubstr(words)) << command;
    }
}

TEST_F(Filters, OfAReportAreToldInItsHead) {
  record(download(0, 100'000));
  auto other = download(1, 300'000);
  other.source = "op-b";
  record(other);
  std::vector<std::string> const options = {"--source", "op-b", "--relay", kExit};
  auto const asked = [&](std::vector<std::string> more) {
    more.insert(more.begin(), "report");
    more.insert(more.end(), options.begin(), options.end());
    return ask(more).text();
  };
  auto const filters = "source op-b; relay " + kExit;
  EXPECT_THAT(asked({}), AllOf(testing::StartsWith("filters: " + filters + "\n\n"),
                               testing::ContainsRegex("small +1 +0 +300 ms")));
  EXPECT_THAT(asked({"--json"}), HasSubstr(R"("filters":["source op-b","relay )" + kExit + "\"]"));
  EXPECT_THAT(asked({"--html", "-"}), HasSubstr("<dt>Filters</dt><dd>" + filters + "</dd>"));
  EXPECT_THAT(ask({"report"}).text(), Not(HasSubstr("filters")));
}

TEST_F(Filters, AReportHasTheFiguresOfCircuitsAndFirstHops) {
  for (int i = 0; i < 4; ++i) {
    auto m = download(i, 200'000 + 10'000 * i);
    m.marks.set("DATAREQUEST", {m.started_at + Micros{100'000}});
    if (i == 3) m.outcome.code = model::FailureCode::net_timeout;
    record(m);
  }
  EXPECT_THAT(
      ask({"report"}).text(),
      AllOf(HasSubstr("small: 1 x NET_TIMEOUT (25.0 %)"),
            testing::ContainsRegex("small, 50 KiB +110 \\(102–118\\) ms +- +-\n"),
            testing::ContainsRegex("small, 50 KiB +30 \\(30–30\\) ms +60 \\(60–60\\) ms +- +-\n"),
            testing::ContainsRegex(kGuard +
                                   "  guardy +4 +100.00 % +1 +25.00 % +210 \\(202–218\\) ms")));
  auto const json = ask({"report", "--json"}).text();
  EXPECT_THAT(json, AllOf(HasSubstr(R"("failure_rates":{"NET_TIMEOUT":0.25})"),
                          HasSubstr(R"("latency":{"unit":"us","n":3,"p10":102000,"q1":105000,)"),
                          HasSubstr(R"("hop_2":{"unit":"us","n":3,"p10":60000,)"),
                          HasSubstr(R"("guards":[{"fingerprint":")" + kGuard)));
}

TEST_F(Filters, SourcesAreComparedWithinEachExperiment) {
  for (int i = 0; i < 100; ++i)
    for (auto const* source : {"op-a", "op-b"}) {
      auto m = download(i, (source[3] == 'a' ? 300'000 : 200'000) + 1'000 * (i % 17));
      m.source = source;
      record(m);
      m = download(i, 900'000);
      m.source = source;
      m.experiment = "other";
      m.filesize = source[3] == 'a' ? 51'200 : 1'048'576;
      record(m);
    }
  auto const done = ask({"report", "--compare", "source=op-a", "source=op-b"});
  EXPECT_EQ(done.status.code, 0) << done.text();
  EXPECT_THAT(
      done.text(),
      AllOf(HasSubstr("source op-b against source op-a in small, 50 KiB downloads, direct, 2025-"),
            HasSubstr("source op-b is faster than source op-a: its median time to first byte is "
                      "100 ms shorter"),
            HasSubstr("other (1 MiB downloads, direct) is not compared"),
            Not(HasSubstr("in other"))));
  EXPECT_THAT(ask({"report", "--compare", "source=op-a", "source=op-b", "--json"}).text(),
              HasSubstr(R"("base":{"experiment":"small","arm":"","side":"source=op-a",)"
                        R"("kind":"download","target":"direct","filesize":51200,"n":100)"));
  EXPECT_THAT(
      ask({"report", "--compare", "source=op-a", "source=op-b", "--html", "-"}).text(),
      HasSubstr("<h3>source op-b against source op-a in small, 50 KiB downloads, direct</h3>"));
  EXPECT_EQ(ask({"report", "--compare", "source=op-a", "source=op-c"}).status.code, 2);
}

TEST_F(Filters, PeriodsAreComparedOnBlocksOfTheirOwn) {
  for (int hour = 0; hour < 480; ++hour)
    record(download(hour, (hour < 240 ? 300'000 : 200'000) + 1'000 * (hour * 7 % 31)));
  auto const done =
      ask({"report", "--compare", "2025-11-25..2025-12-05", "2025-12-05..2025-12-15"});
  EXPECT_EQ(done.status.code, 0) << done.text();
  EXPECT_THAT(done.text(),
              AllOf(HasSubstr("2025-12-05..2025-12-15 is faster than 2025-11-25..2025-12-05: its "
                              "median time to first byte is 100 ms shorter"),
                    HasSubstr("2025-11-25..2025-12-05: 10 blocks of 24 h 0 min"),
                    HasSubstr("drawn apart"), HasSubstr("what differs may be the time")));
  EXPECT_THAT(
      ask({"report", "--compare", "2025-11-25..2025-12-05", "2025-12-05..2025-12-15", "--json"})
          .text(),
      HasSubstr(R"("base_blocks":{"block":86400000000,"blocks":10})"));
}

}  // namespace
}  // namespace perfd::app
