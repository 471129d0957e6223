#include "report/plot.h"

#include <gmock/gmock.h>

#include "base/time_text.h"

namespace perfd::report {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(ValueAxis, TicksLieWhereTheirNumbersSay) {
  auto const axis = value_axis("time", 0, 2'000'000, {1e6, "s"}, 5);
  EXPECT_EQ(axis.title, "time, s");
  ASSERT_EQ(axis.ticks.size(), 5U);
  EXPECT_EQ(axis.ticks[1].label, "0.5");
  EXPECT_DOUBLE_EQ(axis.ticks[1].at, 0.25);
  EXPECT_DOUBLE_EQ(axis.place(1'500'000), 0.75);
}

TEST(TimeAxis, OfOneMomentHasRoom) {
  auto const at = parse_time("2025-11-24T16:00:00").value();
  auto const axis = time_axis(at, at);
  EXPECT_DOUBLE_EQ(axis.place(static_cast<double>(to_us(at))), 0.5);
  EXPECT_GE(axis.ticks.size(), 2U);
  EXPECT_EQ(axis.title, "time on 2025-11-24, UTC");
}

TEST(Plot, TextOfOthersIsEscapedEverywhere) {
  Plot plot("<i>&", "<d>\"");
  plot.axes({"<x>", 0, 1, {{0.5, "<l>", "<b>"}}}, {"<y>", 0, 1, {{0.5, "<s>"}}});
  plot.key("<k>", 0);
  plot.note("<n>");
  plot.line({{0, 0}, {1, 1}}, 0);
  auto const html = plot.html("p1");
  for (auto const* text : {"<i>", "<d>", "<x>", "<l>", "<b>", "<y>", "<s>", "<k>", "<n>"})
    EXPECT_THAT(html, Not(HasSubstr(text)));
  EXPECT_THAT(html, AllOf(HasSubstr("&lt;i&gt;&amp;"), HasSubstr("&lt;k&gt;")));
}

TEST(Plot, NothingIsCapitalizedAndHasNoSvg) {
  Plot plot("T", "");
  plot.nothing("no value: <it> failed.");
  EXPECT_EQ(plot.html("p1"),
            "<figure>\n<figcaption>T</figcaption>\n"
            "<p class=\"nothing\">No value: &lt;it&gt; failed.</p>\n</figure>\n");
}

TEST(Plot, OfManyTicksEveryOtherGoesOnNarrowScreens) {
  Plot plot("T", "");
  Axis x{"x", 0, 7, {}};
  for (int i = 0; i <= 7; ++i) x.ticks.push_back({i / 7.0, std::to_string(i)});
  plot.axes(x, share_axis("y"));
  EXPECT_THAT(plot.html("p"),
              AllOf(HasSubstr("tick odd\" x=\"14.29%"), HasSubstr("tick\" x=\"0%")));
}

}  // namespace
}  // namespace perfd::report
