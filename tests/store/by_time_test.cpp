// Results in the order of time.
#include "store/by_time.h"

#include <gmock/gmock.h>

#include "store/support/store_fixture.h"

namespace perfd::store {
namespace {

using ::testing::ElementsAre;

class ByTimeTest : public StoreTest {
 protected:
  std::vector<std::string> ids(ByTime::Page const& page) {
    std::vector<std::string> out;
    auto reader = ByTime::open(path_).value();
    auto const count = reader.briefs(page, [&](Brief const& brief) {
      out.push_back(brief.id);
      last_ = {brief.at, brief.seq};
      return true;
    });
    EXPECT_EQ(count.value(), out.size());
    return out;
  }
  PlaceInTime last_;
};

TEST_F(ByTimeTest, TheOrderIsThatOfTimeWhateverEndedFirst) {
  auto store = open();
  for (int const n : {3, 1, 2}) store->done(measurement(n));
  ASSERT_TRUE(flush(*store));
  EXPECT_THAT(ids({}), ElementsAre(id_of(3), id_of(2), id_of(1)));
  EXPECT_THAT(ids({.oldest_first = true}), ElementsAre(id_of(1), id_of(2), id_of(3)));
  EXPECT_THAT(ids({.filter = {.since = at(2)}}), ElementsAre(id_of(3), id_of(2)));
  EXPECT_THAT(ids({.filter = {.until = at(2)}}), ElementsAre(id_of(1)));
}

TEST_F(ByTimeTest, OneExperimentHasAnIndexOfItsOwn) {
  auto store = open();
  for (int n = 1; n <= 4; ++n) store->done(measurement(n, n % 2 == 0 ? "even" : "odd"));
  ASSERT_TRUE(flush(*store));
  EXPECT_THAT(ids({.filter = {.experiments = {"even"}}}), ElementsAre(id_of(4), id_of(2)));
  EXPECT_THAT(ids({.filter = {.experiments = {"odd"}}, .oldest_first = true}),
              ElementsAre(id_of(1), id_of(3)));
  EXPECT_THAT(ids({.filter = {.experiments = {"even", "odd"}}, .most = 2}),
              ElementsAre(id_of(4), id_of(3)));
}

// Looking for what is not there reads everything.
TEST_F(ByTimeTest, WhatTakesTooLongEnds) {
  auto store = open();
  for (int n = 0; n < 3000; ++n) store->done(measurement(n));
  ASSERT_TRUE(flush(*store));
  ByTime::Page page;
  page.filter.targets = {"nobody"};
  auto const look = [&](Nanos limit) {
    return ByTime::open(path_, limit).value().briefs(page, [](Brief const&) { return true; });
  };
  auto const ended = look(Nanos{1});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, boost::system::errc::timed_out);
  EXPECT_EQ(look(std::chrono::minutes(1)).value(), 0U);
  EXPECT_EQ(look(Nanos{0}).value(), 0U);
}

TEST_F(ByTimeTest, PagesJoinWhereSeveralBeganAtOnce) {
  auto store = open();
  for (int n = 0; n < 10; ++n) {
    auto m = measurement(n);
    m.started_at = at(n / 4);  // the ids tell them apart
    store->done(m);
  }
  ASSERT_TRUE(flush(*store));
  for (bool const oldest_first : {true, false}) {
    auto const all = ids({.oldest_first = oldest_first});
    std::vector<std::string> joined;
    std::optional<PlaceInTime> behind;
    for (;;) {
      auto const page = ids({.behind = behind, .oldest_first = oldest_first, .most = 3});
      if (page.empty()) break;
      joined.insert(joined.end(), page.begin(), page.end());
      behind = last_;
    }
    EXPECT_EQ(joined, all);
    EXPECT_EQ(all.size(), 10U);
  }
}

TEST_F(ByTimeTest, ColumnsChoose) {
  auto store = open();
  for (int n = 0; n < 6; ++n) {
    auto m = measurement(n, n % 2 == 0 ? "even" : "odd");
    if (n == 3) m.outcome.code = model::FailureCode::net_timeout;
    store->done(m);
  }
  ASSERT_TRUE(flush(*store));
  EXPECT_THAT(ids({.filter = {.experiments = {"odd"}}}), ElementsAre(id_of(5), id_of(3), id_of(1)));
  EXPECT_THAT(ids({.filter = {.outcomes = {model::FailureCode::net_timeout}}}),
              ElementsAre(id_of(3)));
  EXPECT_THAT(ids({.filter = {.experiments = {"'; DROP TABLE measurements; --"}}}),
              ::testing::IsEmpty());
}

TEST_F(ByTimeTest, FiguresAndRecordsComeWithTheirRow) {
  auto store = open();
  auto m = measurement(1);
  m.tor.instance = "default";
  store->done(m);
  ASSERT_TRUE(flush(*store));
  auto reader = ByTime::open(path_).value();
  auto const figures = reader.figures({}, [&](Brief const& brief, model::Measurement* found) {
    EXPECT_EQ(brief.ttlb, m.marks.between(model::mark::kStart, model::mark::kDataComplete));
    EXPECT_EQ(brief.instance, "default");
    auto const marks = found != nullptr ? found->marks : model::Marks();
    EXPECT_EQ(marks.between(model::mark::kStart, model::mark::kDataComplete), brief.ttlb);
    EXPECT_TRUE(brief.ttlb.has_value());
    return true;
  });
  EXPECT_EQ(figures.value(), 1U);
  auto const records = reader.records({}, [&](Brief const& brief, std::string const& line) {
    EXPECT_NE(line.find(brief.id), std::string::npos);
    return true;
  });
  EXPECT_EQ(records.value(), 1U);
}

TEST_F(ByTimeTest, StopsWhenTold) {
  auto store = open();
  for (int n = 0; n < 5; ++n) store->done(measurement(n));
  ASSERT_TRUE(flush(*store));
  auto reader = ByTime::open(path_).value();
  int seen = 0;
  EXPECT_EQ(reader.briefs({}, [&](Brief const&) { return ++seen < 2; }).value(), 2U);
  EXPECT_EQ(ids({.most = 3}).size(), 3U);
}

TEST_F(ByTimeTest, TheExtentIsOfWhatThereIs) {
  auto store = open();
  auto reader = ByTime::open(path_).value();
  auto const empty = reader.extent().value();
  EXPECT_EQ(empty.measurements, 0);
  EXPECT_FALSE(empty.oldest.has_value());
  for (int n = 1; n <= 4; ++n) store->done(measurement(n));
  ASSERT_TRUE(flush(*store));
  store->done(measurement(4));  // once is enough
  ASSERT_TRUE(prune(*store, {.measurements_before = at(2)}));
  auto const extent = reader.extent().value();
  EXPECT_EQ(extent.measurements, 3);
  EXPECT_EQ(extent.oldest, at(2));
  EXPECT_EQ(extent.newest, at(4));
  EXPECT_GT(extent.bytes, 4096);
  for (int n = 5; n <= 7; ++n) store->done(measurement(n));
  ASSERT_TRUE(flush(*store));
  EXPECT_EQ(reader.extent().value().measurements, 6);
}

}  // namespace
}  // namespace perfd::store
