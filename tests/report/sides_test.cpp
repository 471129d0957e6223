#include "report/sides.h"

#include <gmock/gmock.h>

#include "report/pair_names.h"
#include "report/support/made_up.h"

namespace perfd::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

model::Measurement from(std::string source, std::string experiment, std::int64_t second,
                        std::int64_t filesize = 51'200) {
  auto m = download(std::move(experiment), "", second, 100'000, 200'000);
  m.source = std::move(source);
  m.filesize = filesize;
  return m;
}

Sides sides(std::string const& base, std::string const& other) {
  return Sides::parse(base, other).value();
}

std::string why_not(std::string const& base, std::string const& other) {
  auto const parsed = Sides::parse(base, other);
  return parsed ? std::string() : parsed.error().message;
}

std::vector<std::string> titles(Groups::Pairs const& pairs) {
  std::vector<std::string> out;
  for (auto const& [base, other] : pairs) out.push_back(pair_names(*base, *other).title());
  return out;
}

TEST(Sides, AreToldFromNamesByTheirForm) {
  EXPECT_TRUE(Sides::are_named_by("source=op-de1"));
  EXPECT_TRUE(Sides::are_named_by("2026-10-01..2026-11-01"));
  EXPECT_FALSE(Sides::are_named_by("early-data/plain"));
}

TEST(Sides, OnlyLikeIsComparedWithLike) {
  auto both = sides("source=a", "source=b");
  for (std::string const source : {"a", "b", "b"}) {
    both.add(from(source, "small", 0));
    both.add(from(source, "changed", 0, source == "a" ? 51'200 : 1'048'576));
    auto onion = from(source, "moved", 0);
    if (source == "a") onion.target = "onion";
    both.add(onion);
  }
  both.add(from("c", "small", 0));
  auto const pairs = both.to_compare().value();
  EXPECT_THAT(titles(pairs),
              ElementsAre("source b against source a in small, 50 KiB downloads, direct"));
  EXPECT_EQ(pairs[0].first->sample.n(), 1U);
  EXPECT_EQ(pairs[0].second->sample.n(), 2U);
  EXPECT_THAT(both.one_sided(),
              ElementsAre("changed (50 KiB downloads, direct) is not compared: only source=a has "
                          "results of it (1)",
                          "changed (1 MiB downloads, direct) is not compared: only source=b has "
                          "results of it (2)",
                          "moved (50 KiB downloads, direct) is not compared: only source=b has "
                          "results of it (2)",
                          "moved (50 KiB downloads, onion) is not compared: only source=a has "
                          "results of it (1)"));
}

TEST(Sides, MayBePeriodsVersionsAndArms) {
  // kStart is 2025-11-24T16:00:00Z.
  auto periods = sides("2025-11-24..2025-11-25", "period=2025-11-25..");
  periods.add(from("a", "small", 0));
  periods.add(from("a", "small", 86'400));
  EXPECT_THAT(titles(periods.to_compare().value()),
              ElementsAre("period 2025-11-25.. against 2025-11-24..2025-11-25 in small, 50 KiB "
                          "downloads, direct"));

  auto versions = sides("tor=0.4.8", "tor-version=0.4.9.3");
  for (auto const* version : {"0.4.8.12", "0.4.8.16", "0.4.9.3"}) {
    auto m = from("a", "small", 0);
    m.tor.version = version;
    versions.add(m);
  }
  auto const found = versions.to_compare().value();
  EXPECT_THAT(titles(found), ElementsAre("tor-version 0.4.9.3 against tor 0.4.8 in small, 50 KiB "
                                         "downloads, direct"));
  EXPECT_EQ(found[0].first->sample.n(), 2U);

  auto arms = sides("arm=plain", "arm=early");
  for (auto const* experiment : {"x", "y"})
    for (auto const* arm : {"plain", "early"}) arms.add(download(experiment, arm, 0, 1, 2));
  EXPECT_EQ(arms.to_compare().value().size(), 2U);
}

TEST(Sides, WithinAnExperimentOnlyTheSameArm) {
  auto both = sides("source=a", "source=b");
  for (auto const* source : {"a", "b"})
    for (auto const* arm : {"plain", "early"}) {
      auto m = download("ab", arm, 0, 1, 2);
      m.source = source;
      both.add(m);
    }
  EXPECT_THAT(titles(both.to_compare().value()),
              ElementsAre("source b against source a in ab/early, 50 KiB downloads, direct",
                          "source b against source a in ab/plain, 50 KiB downloads, direct"));
  EXPECT_THAT(both.one_sided(), IsEmpty());
}

TEST(Sides, ThatShareResultsOrHaveNoneInCommonAreErrors) {
  auto overlapping = sides("2025-11-24..2025-11-26", "2025-11-25..2025-11-27");
  overlapping.add(from("a", "small", 86'400));
  EXPECT_THAT(overlapping.to_compare().error().message, HasSubstr("have 1 result in common"));

  auto apart = sides("source=a", "source=b");
  apart.add(from("a", "small", 0));
  EXPECT_THAT(apart.to_compare().error().message,
              HasSubstr("source=a has 1 result, source=b has 0"));
  apart.add(from("b", "large", 0));
  EXPECT_THAT(apart.to_compare().error().message, HasSubstr("none of the same experiment"));
}

TEST(Sides, WrongOnesAreToldWithTheRemedy) {
  EXPECT_THAT(why_not("plain", "source=a"), HasSubstr("'plain' is the name of an arm"));
  EXPECT_THAT(why_not("source=a", "source=a"), HasSubstr("both are source=a"));
  EXPECT_THAT(why_not("sorce=a", "source=b"), HasSubstr("did you mean source=?"));
  EXPECT_THAT(why_not("experiment=a", "experiment=b"), HasSubstr("names of two experiments alone"));
  EXPECT_THAT(why_not("target=onion", "target=direct"),
              HasSubstr("choose it by --kind or --target"));
  EXPECT_THAT(why_not("outcome=ok", "outcome=failed"), HasSubstr("not by outcome"));
  EXPECT_THAT(why_not("relay=guard1", "tor=1"), HasSubstr("40 hexadecimal digits"));
  EXPECT_THAT(why_not("..", "tor=1"), HasSubstr("needs a beginning or an end"));
  EXPECT_THAT(why_not("2025-11-25..2025-11-24", "tor=1"), HasSubstr("ends before it begins"));
  EXPECT_THAT(why_not("soon..later", "tor=1"), HasSubstr("'soon' is not a time"));
  EXPECT_THAT(why_not("period=2025-11-25", "tor=1"), HasSubstr("write FROM..TO"));
}

TEST(PairNames, UnlikeThingsAreNoted) {
  Groups groups(Gathered::samples);
  groups.add(download("small", "", 0, 1, 2));
  auto large = download("large", "", 0, 1, 2);
  large.filesize = 5'242'880;
  groups.add(large);
  auto const [base, other] = groups.to_compare({"small", "large"}).value().front();
  auto const names = pair_names(*base, *other);
  EXPECT_EQ(names.title(), "large against small");
  EXPECT_EQ(note_of_unlike(names, *base, *other),
            "Note: small are 50 KiB downloads, large 5 MiB downloads: what differs may be that.");
  EXPECT_EQ(note_of_unlike(names, *base, *base), "");
}

}  // namespace
}  // namespace perfd::report
