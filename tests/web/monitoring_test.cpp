// /metrics, /healthz and /readyz over a daemon in memory.
#include "web/monitoring.h"

#include "web/support/monitoring_fixture.h"

namespace perfd::web {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class MonitoringTest : public testing::Test {
 protected:
  std::optional<Response> get(std::string path) {
    Request request;
    request.path = std::move(path);
    return time_.run(loop_, monitoring_.answer(request));
  }
  runtime::VirtualTime time_;
  runtime::Loop loop_;
  FakeDaemon daemon_;
  Metrics metrics_{"1", {}};
  Monitoring monitoring_{daemon_, metrics_};
};

TEST_F(MonitoringTest, IsHealthyWheneverItAnswers) {
  daemon_.silent = Error{"no answer"};
  EXPECT_EQ(get("/healthz")->status, 200);
  EXPECT_FALSE(get("/health").has_value());
}

TEST_F(MonitoringTest, IsReadyWhereWhatIsNeededWorks) {
  daemon_.now.tors = {{"default", true, true, true, 1, "ready", 0, {}},
                      {"spare", false, false, false, 0, "down", 0, {}}};
  EXPECT_EQ(get("/readyz")->status, 200);
  daemon_.now.tors[0].ready = false;
  daemon_.now.tors[0].state = "bootstrapped 45 %";
  daemon_.now.store.failing = true;
  daemon_.now.store.pending_measurements = 12;
  auto const refused = get("/readyz");
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(text_of(*refused),
            "store: can't be written to; 12 measurements wait\ntor.default: bootstrapped 45 %\n");
}

TEST_F(MonitoringTest, IsNotReadyWhereTheMeasuringHalfIsSilent) {
  daemon_.silent = Error{"no answer"};
  auto const refused = get("/readyz");
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(text_of(*refused), "no answer\n");
}

TEST_F(MonitoringTest, GivesMetricsWithTheStateOfTheMoment) {
  daemon_.now.store.bytes = 77;
  auto const answer = get("/metrics");
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(field_of(*answer, "Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(field_of(*answer, "Cache-Control"), "no-store");
  Exposition const all(text_of(*answer));
  EXPECT_THAT(all.wrong(), IsEmpty());
  EXPECT_EQ(all.value("perfd_store_bytes"), 77);
  // What it has counted is told also when the other half is silent.
  daemon_.silent = Error{"no answer"};
  metrics_.measured(download_of("a", std::chrono::seconds(1), std::chrono::seconds(2)));
  EXPECT_THAT(text_of(*get("/metrics")), HasSubstr("perfd_measurements_total{arm=\"\""));
}

}  // namespace
}  // namespace perfd::web
