#include "report/quantity.h"

#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "report/support/made_up.h"

namespace perfd::report {
namespace {

TEST(Quantities, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  std::set<std::string_view> titles;
  for (std::size_t i = 0; i < kQuantities; ++i) {
    names.insert(name(quantity(i)));
    titles.insert(title(quantity(i)));
  }
  EXPECT_EQ(names.size(), kQuantities);
  EXPECT_EQ(titles.size(), kQuantities);
  EXPECT_EQ(name(Quantity::first_byte), "ttfb");
  EXPECT_EQ(name(Quantity::latency), "latency");
  EXPECT_EQ(name(Quantity::late_throughput), "throughput_4_5_mib");
  EXPECT_EQ(name(Quantity::hop_4), "hop_4");
  EXPECT_EQ(title(Quantity::early_throughput), "throughput from 0.5 to 1 MiB");
  EXPECT_EQ(title(Quantity::hop_1), "first hop alone");
}

TEST(Quantities, RatesAreToldAsRates) {
  EXPECT_TRUE(is_rate(Quantity::early_throughput));
  EXPECT_FALSE(is_rate(Quantity::built_1));
  EXPECT_EQ(value_text(Quantity::throughput, 2e6), "2.00 Mbit/s");
  EXPECT_EQ(value_text(Quantity::latency, 2e6), "2.00 s");
  EXPECT_EQ(unit(Quantity::answer, 2e6).name, "s");
}

TEST(Quantities, OfEachKindAreThoseThatItHas) {
  EXPECT_THAT(times_of(model::Kind::download),
              testing::ElementsAre(Quantity::first_byte, Quantity::last_byte));
  EXPECT_THAT(times_of(model::Kind::resolve), testing::ElementsAre(Quantity::answer));
  EXPECT_THAT(times_of(model::Kind::allocation), testing::ElementsAre(Quantity::last_byte));
  EXPECT_THAT(over_time(model::Kind::page),
              testing::ElementsAre(Quantity::first_byte, Quantity::fully_loaded));
}

TEST(Quantities, EveryKindHasAnEnd) {
  EXPECT_EQ(end_of(model::Kind::upload), Quantity::last_byte);
  EXPECT_EQ(end_of(model::Kind::page), Quantity::fully_loaded);
  EXPECT_EQ(end_of(model::Kind::resolve), Quantity::answer);
}

TEST(Quantities, OfADownloadAreWhatItsMarksTell) {
  auto const values = values_of(with_circuit(download("a", "", 0, 100'000, 204'800), "A", "n"));
  auto const of = [&](Quantity q) { return values[number_of(q)]; };
  EXPECT_EQ(of(Quantity::first_byte), 100'000);
  EXPECT_EQ(of(Quantity::last_byte), 204'800);
  EXPECT_EQ(of(Quantity::throughput), 2e6);
  EXPECT_EQ(of(Quantity::latency), 50'000);
  EXPECT_EQ(of(Quantity::built_2), 120'000);
  EXPECT_EQ(of(Quantity::hop_2), 70'000);
  for (auto const q : {Quantity::answer, Quantity::load, Quantity::early_throughput,
                       Quantity::late_throughput, Quantity::built_4, Quantity::hop_4})
    EXPECT_TRUE(std::isnan(of(q))) << name(q);
}

}  // namespace
}  // namespace perfd::report
