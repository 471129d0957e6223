// What Prometheus reads: well formed, and what happened.
#include "web/metrics.h"

#include "web/support/monitoring_fixture.h"

namespace perfd::web {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class MetricsTest : public testing::Test {
 protected:
  Exposition read() {
    Exposition out(metrics_.text());
    EXPECT_THAT(out.wrong(), IsEmpty());
    return out;
  }
  Metrics metrics_{"1.2.3", wall_from_us(1'600'000'000'500'000)};
};

model::Measurement failed(std::string experiment, model::FailureCode code) {
  auto out = download_of(std::move(experiment), 1s, 2s);
  out.outcome = {code, "socks connect", "x"};
  return out;
}

TEST_F(MetricsTest, TellsTheBuildAndTheStart) {
  auto const all = read();
  EXPECT_EQ(all.value("perfd_build_info", {{"version", "1.2.3"}}), 1);
  EXPECT_EQ(all.value("process_start_time_seconds"), 1'600'000'000.5);
}

TEST_F(MetricsTest, CountsMeasurementsByExperimentArmAndOutcome) {
  metrics_.measured(download_of("a", 100ms, 200ms));
  metrics_.measured(download_of("a", 100ms, 200ms));
  auto arm = download_of("a", 100ms, 200ms);
  arm.arm = "early";
  metrics_.measured(arm);
  metrics_.measured(failed("a", model::FailureCode::net_timeout));
  metrics_.measured(failed("a", model::FailureCode::perfd_missed_slot));
  auto const all = read();
  std::string const name = "perfd_measurements_total";
  EXPECT_EQ(all.value(name, {{"experiment", "a"}, {"arm", ""}, {"outcome", "ok"}}), 2);
  EXPECT_EQ(all.value(name, {{"arm", "early"}, {"outcome", "ok"}}), 1);
  EXPECT_EQ(all.value(name, {{"outcome", "NET_TIMEOUT"}}), 1);
  EXPECT_EQ(all.value(name), 4) << "a missed slot is no measurement";
}

TEST_F(MetricsTest, TakesTimesOfSuccessesAlone) {
  metrics_.measured(download_of("a", 90ms, 4s));
  metrics_.measured(failed("a", model::FailureCode::net_timeout));
  auto const all = read();
  EXPECT_EQ(all.value("perfd_ttfb_seconds_count", {{"experiment", "a"}}), 1);
  EXPECT_EQ(all.value("perfd_ttfb_seconds_bucket", {{"le", "0.05"}}), 0);
  EXPECT_EQ(all.value("perfd_ttfb_seconds_bucket", {{"le", "0.1"}}), 1);
  EXPECT_DOUBLE_EQ(all.value("perfd_ttlb_seconds_sum").value_or(0), 4);
  EXPECT_EQ(all.value("perfd_ttlb_seconds_bucket", {{"le", "300"}}), 1);
}

TEST_F(MetricsTest, KnowsWhenAnExperimentSucceededLast) {
  std::string const success = "perfd_experiment_last_success_timestamp_seconds";
  std::string const end = "perfd_experiment_last_end_timestamp_seconds";
  metrics_.succeeded_before("a", "", wall_from_us(1'650'000'000'000'000));
  EXPECT_EQ(read().value(success, {{"experiment", "a"}}), 1'650'000'000);
  metrics_.measured(download_of("a", 1s, 2s));
  metrics_.succeeded_before("a", "", wall_from_us(1'650'000'000'000'000));
  auto later = failed("a", model::FailureCode::net_timeout);
  later.started_at += 10s;
  metrics_.measured(later);
  EXPECT_EQ(read().value(success, {{"experiment", "a"}}), 1'700'000'000);
  EXPECT_EQ(read().value(end, {{"experiment", "a"}}), 1'700'000'010);
}

TEST_F(MetricsTest, ShowsTheStateAsItStandsAndForgetsWhatIsGone) {
  DaemonState state;
  state.experiments = {{"a", 5min, wall_from_us(1'700'000'300'000'000), 1, true, 3}};
  state.tors = {
      {"default", true, false, true, 0.45, "", 2, {{"built", "", 7}, {"failed", "TIMEOUT", 2}}},
      {"other", true, true, false, 1, "", 0, {}}};
  state.store = {true, 4096, 5, 6, 1, 2, 3};
  metrics_.state(state);
  auto all = read();
  EXPECT_EQ(all.value("perfd_experiment_interval_seconds", {{"experiment", "a"}}), 300);
  EXPECT_EQ(all.value("perfd_experiment_next_slot_timestamp_seconds"), 1'700'000'300);
  EXPECT_EQ(all.value("perfd_experiment_running"), 1);
  EXPECT_EQ(all.value("perfd_experiment_waiting"), 1);
  EXPECT_EQ(all.value("perfd_slots_missed_total", {{"experiment", "a"}}), 3);
  EXPECT_EQ(all.value("perfd_tor_up", {{"tor", "default"}}), 1);
  EXPECT_EQ(all.value("perfd_tor_ready", {{"tor", "default"}}), 0);
  EXPECT_EQ(all.value("perfd_tor_bootstrap_ratio", {{"tor", "default"}}), 0.45);
  EXPECT_EQ(all.value("perfd_tor_failures_total", {{"tor", "default"}}), 2);
  EXPECT_EQ(all.value("perfd_circuits_total", {{"result", "built"}}), 7);
  EXPECT_EQ(all.value("perfd_circuits_total", {{"result", "failed"}, {"reason", "TIMEOUT"}}), 2);
  EXPECT_EQ(all.value("perfd_store_bytes"), 4096);
  EXPECT_EQ(all.value("perfd_store_failing"), 1);
  EXPECT_EQ(all.value("perfd_store_pending", {{"kind", "measurement"}}), 5);
  EXPECT_EQ(all.value("perfd_store_lost_total", {{"kind", "event"}}), 2);
  EXPECT_EQ(all.value("perfd_store_write_errors_total"), 3);

  state.experiments.clear();
  state.tors.erase(state.tors.begin() + 1);
  state.tors[0].circuits[0].count = 9;
  metrics_.state(state);
  all = read();
  EXPECT_EQ(all.value("perfd_experiment_interval_seconds"), std::nullopt);
  EXPECT_EQ(all.value("perfd_tor_up", {{"tor", "other"}}), std::nullopt);
  EXPECT_EQ(all.value("perfd_circuits_total", {{"result", "built"}}), 9);
  EXPECT_EQ(all.value("perfd_slots_missed_total"), 3) << "counters don't go back";

  state.experiments = {{"a", 5min, std::nullopt, 0, false, 2}};
  metrics_.state(state);
  EXPECT_EQ(read().value("perfd_slots_missed_total"), 5) << "it was put back, and counts anew";
}

TEST_F(MetricsTest, ShowsThresholdsAsTheyWereJudgedLast) {
  metrics_.alerts({{"r", "a", "", "ttlb_p90", true}, {"r", "b", "", "ttlb_p90", false}});
  EXPECT_EQ(read().value("perfd_slo_failing", {{"experiment", "a"}, {"metric", "ttlb_p90"}}), 1);
  metrics_.alerts({{"r", "a", "", "ttlb_p90", false}});
  auto const all = read();
  EXPECT_EQ(all.value("perfd_slo_failing", {{"experiment", "a"}}), 0);
  EXPECT_EQ(all.value("perfd_slo_failing", {{"experiment", "b"}}), std::nullopt);
}

TEST_F(MetricsTest, EscapesWhatStandsInLabels) {
  DaemonState state;
  state.tors = {{"t", true, true, true, 1, "", 0, {{"failed", "a\"b\\c\nd", 1}}}};
  metrics_.state(state);
  EXPECT_THAT(metrics_.text(), HasSubstr(R"(reason="a\"b\\c\nd")"));
  read();
}

TEST(ExpositionItself, SeesWhatIsWrong) {
  for (auto const* text :
       {"a 1\n", "# HELP a x\n# TYPE a counter\na 1\n", "# HELP a x\n# TYPE a gauge\na one\n",
        "# HELP a x\n# TYPE a gauge\na 1\na 1\n", "# HELP a x\n# TYPE a gauge\na{id=\"x\"} 1\n",
        "# HELP a x\n# TYPE a gauge\na 1",
        "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_count "
        "1\n"})
    EXPECT_THAT(Exposition(text).wrong(), Not(IsEmpty())) << text;
}

}  // namespace
}  // namespace perfd::web
