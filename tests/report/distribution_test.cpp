#include "report/distribution.h"

#include <gmock/gmock.h>

#include <numeric>

namespace perfd::report {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::vector<double> up_to(std::size_t n, double unit) {
  std::vector<double> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = unit * static_cast<double>(i + 1);
  return out;
}

TEST(Extent, BeginsAtZeroAndEndsBehindTheGreatest) {
  auto const values = up_to(10, 1000);
  EXPECT_EQ(extent_of({{"a", values, ""}}), (Extent{0, 10'400, false}));
}

TEST(Extent, IsCutAtTheGreatest99thPercentile) {
  auto const many = up_to(1001, 1);
  auto const more = up_to(1001, 2);
  EXPECT_EQ(extent_of({{"a", many, ""}, {"b", more, ""}}), (Extent{0, 2 * 991.0, true}));
  // The greatest of 99 values is what their 99th percentile would be.
  auto const few = up_to(kFewestToCut - 1, 1);
  EXPECT_FALSE(extent_of({{"a", few, ""}}).cut);
}

TEST(Extent, OfValuesFarFromZeroBeginsBesideThem) {
  std::vector<double> const values = {900, 950, 1000};
  auto const extent = extent_of({{"a", values, ""}});
  EXPECT_GT(extent.low, 800);
  EXPECT_LT(extent.low, 900);
  EXPECT_THAT(distribution_plot("T", Quantity::first_byte, {{"a", values, ""}}).html("p"),
              HasSubstr("The axis begins at 894 µs, not at 0."));
}

TEST(Extent, IsNeverEmpty) {
  std::vector<double> const one = {500};
  std::vector<double> const zero = {0, 0};
  for (auto const& lines :
       {std::vector<SampleLine>{}, {{"a", {}, ""}}, {{"a", one, ""}}, {{"a", zero, ""}}})
    EXPECT_LT(extent_of(lines).low, extent_of(lines).high);
}

TEST(DistributionPlot, SaysWhyThereIsNothing) {
  auto const html = distribution_plot("T", Quantity::first_byte,
                                      {{"a", {}, "no value: all 12 measurements failed"}})
                        .html("p");
  EXPECT_THAT(html,
              AllOf(HasSubstr("No value: all 12 measurements failed."), Not(HasSubstr("<svg"))));
}

TEST(DistributionPlot, TellsWhichLinesHaveNoValueAndKeepsStyles) {
  auto const values = up_to(30, 1000);
  auto const html = distribution_plot("T", Quantity::first_byte,
                                      {{"<none>", {}, "no value: both failed"}, {"b", values, ""}})
                        .html("p");
  EXPECT_THAT(html, AllOf(HasSubstr("&lt;none&gt;: no value: both failed."), HasSubstr("line s1"),
                          Not(HasSubstr("line s0")), HasSubstr("b (30)")));
}

TEST(DistributionPlot, HasUnitsGridAndWordsForThoseWhoDontSee) {
  auto const values = up_to(1000, 1000);
  auto const html = distribution_plot("Of a", Quantity::first_byte, {{"a", values, ""}}).html("p7");
  EXPECT_THAT(
      html,
      AllOf(HasSubstr("time to first byte, s</text>"), HasSubstr("share of measurements, %"),
            HasSubstr("aria-labelledby=\"p7t p7d\""), HasSubstr("<title id=\"p7t\">Of a</title>"),
            HasSubstr("median 500 ms, 90 % under 900 ms"),
            HasSubstr("Cut at 990 ms, the 99th percentile: of 1,000 values, 10 lie beyond; "
                      "the greatest is 1.00 s."),
            HasSubstr(">0.2</text>")));
}

TEST(DistributionPlot, StepsLieAtTheValues) {
  std::vector<double> const values = {250'000, 500'000};
  auto const html = distribution_plot("T", Quantity::first_byte, {{"a", values, ""}}).html("p");
  // The axis is 520 ms long; the path goes up at each value, half of the height at a time.
  EXPECT_THAT(html, AllOf(HasSubstr("d=\"M480.77 1000 480.77 500 961.54 500 961.54 0\""),
                          HasSubstr("cx=\"48.08%\" cy=\"50%\"")));
}

}  // namespace
}  // namespace perfd::report
