#include "report/html.h"

#include <gmock/gmock.h>

#include "report/support/made_up.h"
#include "report/support/well_formed.h"

namespace perfd::report {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string page_of(Collected const& results, std::vector<ComparedPair> pairs = {}) {
  return html_page({results, {}, "0.1.0", std::move(pairs), "Nothing to compare here.", {}});
}

// Is read offline, runs nothing and fetches nothing.
void expect_quiet(std::string const& page) {
  EXPECT_EQ(what_is_wrong_with(page), "");
  for (auto const* word : {"<script", "http:", "https:", "url(", "src=", "@import", "<link",
                           "<iframe", "<object", "<base", " onload", " onclick", "javascript:"})
    EXPECT_THAT(page, Not(HasSubstr(word)));
  for (auto at = page.find("href="); at != std::string::npos; at = page.find("href=", at + 1))
    EXPECT_EQ(page.substr(at, 7), "href=\"#");
}

// Of everything a little: arms, sizes, targets, kinds, failures, circuits.
struct Everything {
  Collection collection;
  Groups groups{Gathered::samples};

  void add(model::Measurement const& m) {
    collection.add(m);
    groups.add(m);
  }
  Everything() {
    for (int i = 0; i < 300; ++i) {
      auto const arm = i % 2 == 0 ? "plain" : "early";
      auto const first = (i % 2 == 0 ? 300'000 : 200'000) + i % 23 * 7'000;
      add(with_circuit(download("ab", arm, 60 * i, first, 2 * first), "AAAA", "guardy"));
      if (i % 20 == 0) add(failed("ab", arm, 60 * i + 30));
      auto page = download("page", "", 60 * i + 5, first, first);
      page.kind = model::Kind::page;
      page.target = "ftp://x.example/" + std::to_string(i % 3);
      page.marks.set("FIRSTCONTENTFULPAINT", {page.started_at + Micros{2 * first}});
      page.marks.set("FULLYLOADED", {page.started_at + Micros{4 * first}});
      add(page);
      auto name = download("dns", "", 60 * i + 7, first, first);
      name.kind = model::Kind::resolve;
      name.marks.set("RESPONSE", {name.started_at + Micros{first / 3}});
      add(name);
      auto large = download("large", "", 60 * i + 9, first, 20 * first);
      large.filesize = large.payload_bytes = 5'242'880;
      for (int tenth = 0; tenth <= 10; ++tenth)
        large.marks.set(model::dataperc_name(10 * tenth),
                        {large.started_at + Micros{first * (1 + 2 * tenth)}});
      add(large);
    }
  }
};

TEST(HtmlPage, IsWellFormedAndNeedsNothingElse) {
  Everything all;
  stats::CompareOptions how;
  how.bootstrap.draws = 200;
  std::vector<ComparedPair> pairs;
  for (auto const& [base, other] : all.groups.to_compare({}).value())
    pairs.push_back({base, other, stats::compare(base->sample, other->sample, how)});
  ASSERT_EQ(pairs.size(), 1U);
  auto const results = all.collection.finish(all.groups.places());
  auto const page = page_of(results, pairs);
  expect_quiet(page);
  for (auto const* text :
       {"op-test", "2025-11-24T16:00:00Z", "1,215: 1,200 succeeded, 15 failed (1.2 %)",
        "perfd 9.8.7", "none: all that the store has", "ab/early, 50 KiB",
        "Page loads, web addresses", "Time to first contentful paint",
        "Throughput from 4 to 5 MiB of 5 MiB", "Each hop alone, direct", "NET_TIMEOUT", "guardy",
        "AAAA", "ab/early against ab/plain", "difference, in % of ab/plain",
        "early is faster than plain"})
    EXPECT_THAT(page, HasSubstr(text));
  // Nothing has the first and largest paint but pages, of which none has the latter.
  EXPECT_THAT(page, HasSubstr("No value: 300 measurements succeeded, but they lack this moment."));
}

TEST(HtmlPage, OfNothingSaysSo) {
  auto const page = page_of(Collection().finish());
  expect_quiet(page);
  EXPECT_THAT(page, AllOf(HasSubstr("No results match."), HasSubstr("Nothing to compare here."),
                          Not(HasSubstr("nan"))));
}

TEST(HtmlPage, OfFailuresAloneSaysWhyPlotsAreEmpty) {
  Collection all;
  for (int i = 0; i < 12; ++i) all.add(failed("never", "", i));
  auto const page = page_of(all.finish());
  expect_quiet(page);
  EXPECT_THAT(page, AllOf(HasSubstr("No value: all 12 measurements failed."),
                          HasSubstr("12 of 12 failed (100.0 %)"), Not(HasSubstr("inf"))));
}

TEST(HtmlPage, OfOneMeasurementIsWhole) {
  Collection all;
  all.add(download("one", "", 0, 100'000, 250'000));
  auto const page = page_of(all.finish());
  expect_quiet(page);
  EXPECT_THAT(page, AllOf(HasSubstr("Nothing failed: the one measurement succeeded."),
                          HasSubstr("100 ms"), Not(HasSubstr("nan"))));
}

TEST(HtmlPage, WhatRecordsHoldIsNeverMarkup) {
  std::string const evil = "\"><script>alert(1)</script>&amp;\xFF\x01'<img src=x onerror=y>";
  Collection all;
  for (int i = 0; i < 40; ++i) {
    auto m = with_circuit(download(evil, evil, i, 100'000 + i, 300'000), evil, evil);
    m.source = evil;
    m.perfd_version = evil;
    m.target = evil;
    all.add(m);
    all.add(failed(evil, evil, i));
  }
  auto const results = all.finish();
  auto const page = html_page({results, {evil}, evil, {}, evil, {}});
  EXPECT_EQ(what_is_wrong_with(page), "");
  EXPECT_THAT(page, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img")),
                          HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;")));
}

TEST(HtmlPage, StepsOfTimeAreATableToo) {
  Collection all;
  for (int i = 0; i < 20; ++i)
    all.add(download("a", "", 3600 * i, 100'000 + 10'000 * i, 900'000 + 10'000 * i));
  all.add(failed("a", "", 1));
  EXPECT_THAT(page_of(all.finish()),
              HasSubstr("<td>2025-11-24T15:00:00Z</td><td>3 hours</td><td>3</td><td>1</td>"
                        "<td>105 ms (101 ms – 109 ms)</td><td>905 ms (901 ms – 909 ms)</td>"));
}

TEST(HtmlPage, StaysSmallHoweverMuchThereIs) {
  Collection few;
  Collection many;
  for (int i = 0; i < 1'000; ++i)
    few.add(download("a", "", 60 * i, 100'000 + i * 37 % 999, 900'000));
  for (int i = 0; i < 50'000; ++i)
    many.add(download("a", "", i, 100'000 + i * 37 % 99'999, 900'000 + i));
  auto const size_of_few = page_of(few.finish()).size();
  EXPECT_LT(page_of(many.finish()).size(), size_of_few + 30'000);
}

TEST(HtmlPage, MoreSeriesThanPlotsCanShowAreCountedNotLost) {
  Collection all;
  for (int i = 0; i < 500; ++i) all.add(download("x" + std::to_string(i), "", i, 1'000 + i, 2'000));
  auto const page = page_of(all.finish());
  expect_quiet(page);
  EXPECT_THAT(page, AllOf(HasSubstr("further plots are left out here"), HasSubstr("x499")));
}

}  // namespace
}  // namespace perfd::report
