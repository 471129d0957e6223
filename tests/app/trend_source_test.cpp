// What the web room is told of many results is what reports tell of each.
#include "app/trend_source.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "app/rollup_numbers.h"
#include "base/id.h"
#include "runtime/files.h"
#include "store/bulk.h"

namespace perfd::app {
namespace {

using report::Quantity;

constexpr WallTime kFirst = wall_from_us(1'795'600'000'000'000);

// A download of 5 MiB that has every number that downloads have, each another one.
model::Measurement download(int n) {
  model::Measurement m;
  IdEntropy entropy{};
  entropy[9] = static_cast<std::byte>(n & 0xFF);
  entropy[8] = static_cast<std::byte>(n >> 8);
  auto const at = kFirst + std::chrono::minutes{n};
  m.id = make_id(at, entropy);
  m.source = "here";
  m.experiment = "large";
  m.started_at = m.scheduled_at = at;
  m.filesize = m.payload_bytes = 5 << 20;
  auto const set = [&](std::string_view name, int ms) {
    m.marks.set(name, {at + std::chrono::milliseconds{ms + n % 7}});
  };
  m.marks.set("START", {at});
  set("DATAREQUEST", 200);
  set("DATARESPONSE", 450);
  set("PARTIAL512000", 700);
  set("PARTIAL1048576", 900);
  for (int tenth = 1; tenth <= 10; ++tenth)
    set(model::dataperc_name(10 * tenth), 450 + tenth * tenth * 30);
  set("DATACOMPLETE", 3500);
  auto& circuit = m.tor.circuits.emplace_back();
  circuit.launched_at = at - std::chrono::seconds{9};
  for (int hop = 1; hop <= 3; ++hop)
    circuit.path.push_back({std::string(40, 'A'), "",
                            circuit.launched_at + std::chrono::milliseconds{hop * hop * 110}});
  return m;
}

class TrendSourceTest : public testing::Test {
 protected:
  ~TrendSourceTest() override { std::filesystem::remove_all(folder_); }

  void fill(int count) {
    auto bulk = store::Bulk::open(
                    path_, [] { return kFirst; }, rollup_numbers())
                    .value();
    for (int n = 0; n < count; ++n) ASSERT_TRUE(bulk->add(download(n)));
    ASSERT_TRUE(bulk->finish());
  }

  // The median of each quantity that there is, by its number.
  std::map<Quantity, double> medians(int count, bool exact) {
    std::map<Quantity, double> out;
    for (std::size_t i = 0; i < report::kQuantities; ++i) {
      web::TrendAsked asked;
      asked.which.since = kFirst;
      asked.which.until = kFirst + std::chrono::minutes{count};
      asked.quantity = report::quantity(i);
      auto const told = trends_.ask(asked, [&](auto const& key, web::TrendSlot const& slot) {
        EXPECT_EQ(key, model::series_key(download(0)));
        EXPECT_EQ(slot.n, count);
        EXPECT_EQ(slot.failed, 0);
        std::int64_t rank = count / 2;
        for (auto const& value : slot.values)
          if (rank >= 0 && (rank -= value.n) < 0) out[report::quantity(i)] = value.value;
      });
      EXPECT_TRUE(told) << told.error().message;
      EXPECT_EQ(told->exact, exact);
    }
    return out;
  }

  void expect_medians_of_reports(int count, bool exact) {
    fill(count);
    auto const found = medians(count, exact);
    std::size_t expected = 0;
    for (std::size_t i = 0; i < report::kQuantities; ++i) {
      std::vector<double> values;
      for (int n = 0; n < count; ++n) values.push_back(report::values_of(download(n))[i]);
      std::sort(values.begin(), values.end());
      auto const median = values[values.size() / 2];
      auto const quantity = report::quantity(i);
      ASSERT_EQ(found.contains(quantity), !std::isnan(median)) << report::name(quantity);
      if (std::isnan(median)) continue;
      ++expected;
      EXPECT_NEAR(found.at(quantity), median, median * (exact ? 0 : 0.01))
          << report::name(quantity);
    }
    EXPECT_GE(expected, 10U);
  }

  std::filesystem::path folder_ = runtime::make_temporary_folder("perfd-trend-test").value();
  std::filesystem::path path_ = folder_ / "perfd.db";
  StoreTrends trends_{path_};
};

TEST_F(TrendSourceTest, FewResultsGiveWhatReportsTell) { expect_medians_of_reports(50, true); }

TEST_F(TrendSourceTest, RollUpsGiveWhatReportsTellToOnePercent) {
  expect_medians_of_reports(12'000, false);
}

TEST_F(TrendSourceTest, AStoreThatIsNotThereYetIsToldUntilItIs) {
  web::TrendAsked asked;
  asked.which.since = kFirst;
  asked.which.until = kFirst + std::chrono::hours{1};
  auto const ask = [&] { return trends_.ask(asked, [](auto const&, auto const&) {}); };
  EXPECT_FALSE(ask());
  fill(1);
  EXPECT_TRUE(ask());
}

}  // namespace
}  // namespace perfd::app
