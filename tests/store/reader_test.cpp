// Filters, cursors, versions, retention.
#include "store/reader.h"

#include <gmock/gmock.h>

#include <thread>

#include "store/support/store_fixture.h"

namespace perfd::store {
namespace {

using model::FailureCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(StoreTest, FiltersHoldTogether) {
  auto store = open();
  for (int i = 0; i < 10; ++i) {
    auto m = measurement(i, i % 2 == 0 ? "even" : "odd");
    if (i % 3 == 0) m.outcome.code = FailureCode::net_timeout;
    if (i == 8) m.kind = model::Kind::upload;
    if (i == 9) m.arm = "early";
    store->done(m);
  }
  ASSERT_TRUE(flush(*store));
  EXPECT_EQ(ids().size(), 10U);
  EXPECT_THAT(ids({.since = at(7)}), ElementsAre(id_of(7), id_of(8), id_of(9)));
  EXPECT_THAT(ids({.until = at(2)}), ElementsAre(id_of(0), id_of(1)));
  EXPECT_THAT(ids({.since = at(3), .until = at(6), .experiments = {"odd"}}),
              ElementsAre(id_of(3), id_of(5)));
  EXPECT_EQ(ids({.experiments = {"odd", "even", "none"}}).size(), 10U);
  EXPECT_THAT(ids({.outcomes = {FailureCode::net_timeout, FailureCode::net_reset}}),
              ElementsAre(id_of(0), id_of(3), id_of(6), id_of(9)));
  EXPECT_THAT(ids({.experiments = {"odd"}, .failures_only = true}),
              ElementsAre(id_of(3), id_of(9)));
  EXPECT_THAT(ids({.kinds = {model::Kind::upload}}), ElementsAre(id_of(8)));
  EXPECT_THAT(ids({.arms = {"early"}}), ElementsAre(id_of(9)));
  EXPECT_THAT(ids({.experiments = {"odd"}, .limit = 2}), ElementsAre(id_of(1), id_of(3)));
  EXPECT_THAT(ids({.experiments = {"odd"}, .limit = 2, .newest_first = true}),
              ElementsAre(id_of(9), id_of(7)));
  EXPECT_THAT(ids({.until = at(5), .limit = 2, .newest_first = true}),
              ElementsAre(id_of(4), id_of(3)));
  EXPECT_THAT(ids({.limit = 0}), IsEmpty());
  EXPECT_THAT(ids({.since = at(100)}), IsEmpty());
  EXPECT_THAT(ids({.experiments = {"'; DROP TABLE measurements; --"}}), IsEmpty());
  EXPECT_THAT(reader().experiments().value(), ElementsAre("even", "odd"));
}

TEST_F(StoreTest, ACursorMissesNothingThatEndsLaterThanItsSuccessors) {
  auto store = open();
  ASSERT_TRUE(started(*store, measurement(1)));  // the long one
  ASSERT_TRUE(started(*store, measurement(2)));
  ASSERT_TRUE(done(*store, measurement(2)));
  auto from = reader();
  auto const first = from.page({}).value();
  ASSERT_EQ(first.size(), 1U);
  ASSERT_TRUE(done(*store, measurement(1)));
  auto const next = from.page({.after_seq = first.back().seq}).value();
  ASSERT_EQ(next.size(), 1U);
  EXPECT_NE(next[0].record.find(id_of(1)), std::string::npos);
}

TEST_F(StoreTest, PagesFollowEachOtherToTheEndInBothDirections) {
  auto store = open();
  for (int i = 0; i < 450; ++i) store->done(measurement(i));
  ASSERT_TRUE(flush(*store));
  auto from = reader();
  std::int64_t last = 0;
  EXPECT_EQ(from.for_each({},
                          [&](Row const& row) {
                            EXPECT_EQ(row.seq, last + 1);
                            last = row.seq;
                            return true;
                          })
                .value(),
            450U);
  EXPECT_EQ(ids({.newest_first = true}).front(), id_of(449));
  EXPECT_EQ(ids({.newest_first = true}).size(), 450U);
  EXPECT_EQ(from.for_each({}, [](Row const&) { return false; }).value(), 1U);
  EXPECT_EQ(from.page({.limit = 7}, 100).value().size(), 7U);
  EXPECT_EQ(from.page({}, 100).value().size(), 100U);
}

TEST_F(StoreTest, ABriefHasTheColumns) {
  auto store = open();
  auto m = measurement(5, "download");
  m.outcome.code = FailureCode::net_timeout;
  m.arm = "early";
  ASSERT_TRUE(done(*store, m));
  std::vector<Brief> briefs;
  auto from = reader();
  ASSERT_TRUE(from.for_each_brief({}, [&](Brief const& b) { return briefs.push_back(b), true; }));
  ASSERT_EQ(briefs.size(), 1U);
  auto const& b = briefs[0];
  EXPECT_EQ(b.id, m.id);
  EXPECT_EQ(b.source, "op-test");
  EXPECT_EQ(b.experiment, "download");
  EXPECT_EQ(b.arm, "early");
  EXPECT_EQ(b.instance, "default");
  EXPECT_EQ(b.outcome, "NET_TIMEOUT");
  EXPECT_EQ(b.at, at(5));
  EXPECT_EQ(b.filesize, 51200);
  EXPECT_EQ(b.ttfb, Micros{300'000});
  EXPECT_EQ(b.ttlb, Micros{900'000});
}

TEST_F(StoreTest, TheVersionChangesWithEveryResultAndEveryDeletion) {
  auto store = open();
  auto from = reader();
  auto const empty = from.version().value();
  EXPECT_EQ(empty.modified_at, wall_from_us(now_us_));
  now_us_ += 5'000'000;
  ASSERT_TRUE(started(*store, measurement(1)));
  EXPECT_EQ(from.version().value(), empty);
  ASSERT_TRUE(done(*store, measurement(1)));
  auto const one = from.version().value();
  EXPECT_NE(one.token(), empty.token());
  EXPECT_EQ(one.last_seq, 1);
  EXPECT_EQ(one.modified_at, wall_from_us(now_us_));
  now_us_ += 5'000'000;
  ASSERT_TRUE(prune(*store, {.measurements_before = at(100)}));
  auto const pruned = from.version().value();
  EXPECT_NE(pruned.token(), one.token());
  EXPECT_EQ(pruned.modified_at, wall_from_us(now_us_));
}

TEST_F(StoreTest, ASequenceNumberIsNeverGivenTwice) {
  auto store = open();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(done(*store, measurement(i)));
  ASSERT_EQ(prune(*store, {.measurements_before = at(100)})->measurements, 5U);
  ASSERT_TRUE(done(*store, measurement(200)));
  EXPECT_EQ(reader().page({}).value().at(0).seq, 6);
}

TEST_F(StoreTest, RetentionDeletesEachKindByItsOwnAge) {
  auto store = open();
  for (int i = 0; i < 1200; ++i) {
    store->done(measurement(i));
    store->circuit(circuit(i));
    store->stream(stream(i));
    store->raw_event(raw_event(i));
  }
  ASSERT_TRUE(flush(*store));
  auto const pruned = prune(
      *store,
      {.measurements_before = at(1100), .circuits_before = at(600), .raw_events_before = at(1199)});
  ASSERT_TRUE(pruned);
  EXPECT_EQ(*pruned, (Pruned{1100, 600, 600, 1199}));
  auto const totals = reader().totals().value();
  EXPECT_EQ(totals.measurements, 100);
  EXPECT_EQ(totals.circuits, 600);
  EXPECT_EQ(totals.streams, 600);
  EXPECT_EQ(totals.raw_events, 1);
  EXPECT_EQ(ids().front(), id_of(1100));
  EXPECT_EQ(prune(*store, {.raw_events_before = at(1199)}).value(), Pruned{});
}

TEST_F(StoreTest, RetentionGivesSpaceBack) {
  auto store = open();
  for (int i = 0; i < 4000; ++i) {
    auto event = raw_event(i);
    event.line.append(2000, 'x');
    store->raw_event(event);
  }
  ASSERT_TRUE(flush(*store));
  ASSERT_TRUE(prune(*store, {.raw_events_before = at(4000)}));
  ASSERT_TRUE(store->close());
  EXPECT_LT(std::filesystem::file_size(path_), 2'000'000U);  // of 8 MB
}

TEST_F(StoreTest, RawEventsAreFoundByInstanceRunAndTime) {
  auto store = open();
  for (int i = 0; i < 600; ++i) {
    auto event = raw_event(i);
    if (i % 2 == 1) event.instance = "plain";
    event.tor_run = i < 300 ? 1 : 2;
    store->raw_event(event);
  }
  ASSERT_TRUE(flush(*store));
  auto from = reader();
  auto const count = [&](EventFilter const& filter) {
    return from.for_each_raw_event(filter, [](RawEvent const&) { return true; }).value();
  };
  EXPECT_EQ(count({}), 600U);
  EXPECT_EQ(count({.instance = "plain"}), 300U);
  EXPECT_EQ(count({.instance = "plain", .tor_run = 2}), 150U);
  EXPECT_EQ(count({.since = at(10), .until = at(20)}), 10U);
  EXPECT_EQ(count({.limit = 250}), 250U);
}

TEST_F(StoreTest, ReadersReadWhileItIsWritten) {
  auto store = open();
  std::atomic<bool> stop = false;
  std::atomic<int> rounds = 0;
  std::atomic<int> errors = 0;
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t)
    readers.emplace_back([&] {
      auto from = reader();
      std::size_t before = 0;
      while (!stop) {
        std::int64_t last = 0;
        auto const count = from.for_each({}, [&](Row const& row) {
          if (row.seq <= last) ++errors;
          last = row.seq;
          return true;
        });
        if (!count || *count < before) ++errors;
        before = count ? *count : 0;
        ++rounds;
      }
    });
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(done(*store, measurement(i)));
  ASSERT_TRUE(eventually([&] { return rounds > 4; }));
  stop = true;
  for (auto& thread : readers) thread.join();
  EXPECT_EQ(errors, 0);
  EXPECT_TRUE(store->health().good());
}

TEST_F(StoreTest, ChoicesOfGuardsAreKeptAndOfRankingsTheLatest) {
  auto const choice = [](int n, std::string instance) {
    model::GuardChoice out;
    out.instance = std::move(instance);
    out.tor_run = 7;
    out.policy = "fast";
    out.at = at(n);
    out.consensus_valid_after = at(n - 1);
    out.reason = "consensus";
    out.set = {std::string(40, 'A'), std::string(40, 'B')};
    return out;
  };
  auto const ranking = [](int n, std::string instance) {
    model::GuardRanking out;
    out.instance = std::move(instance);
    out.policy = "fast";
    out.at = at(n);
    out.guards.push_back({std::string(40, 'A'), "alice", "192.0.2.1", "de", n, 5000});
    return out;
  };
  auto store = open();
  for (int n = 1; n <= 3; ++n) {
    store->guard_choice(choice(n, "one"));
    store->guard_ranking(ranking(n, "two"));
  }
  store->guard_choice(choice(4, "two"));
  store->guard_ranking(ranking(2, "one"));
  ASSERT_TRUE(flush(*store));

  auto const found = [&](EventFilter const& filter) {
    std::vector<model::GuardChoice> out;
    EXPECT_TRUE(reader().for_each_guard_choice(filter, [&](model::GuardChoice const& one) {
      out.push_back(one);
      return true;
    }));
    return out;
  };
  EXPECT_EQ(found({}).size(), 4U);
  EXPECT_EQ(found({.instance = "two"}), std::vector{choice(4, "two")});
  EXPECT_EQ(found({.since = at(2), .until = at(3)}), std::vector{choice(2, "one")});
  EXPECT_EQ(reader().guard_rankings().value(), (std::vector{ranking(2, "one"), ranking(3, "two")}));

  EXPECT_EQ(prune(*store, {.circuits_before = at(3)}).value().guards, 3U);
  EXPECT_EQ(found({}).size(), 2U);
  EXPECT_EQ(reader().guard_rankings().value(), std::vector{ranking(3, "two")});
}

TEST_F(StoreTest, ADayIsWalkedWholeWhateverWasWrittenAroundIt) {
  auto store = open();
  EXPECT_EQ(reader().earliest().value(), std::nullopt);
  // Longer than a page, and not in the order of time: as an import of old results comes last.
  for (int i = 1000; i < 1500; ++i) store->done(measurement(i));
  for (int i = 0; i < 500; ++i) store->done(measurement(i));
  store->done(measurement(2000));
  ASSERT_TRUE(flush(*store));
  EXPECT_EQ(ids({.since = at(490), .until = at(1010)}).size(), 20U);
  EXPECT_EQ(ids({.since = at(1000), .until = at(1500)}).size(), 500U);
  EXPECT_THAT(ids({.since = at(500), .until = at(1000)}), IsEmpty());
  EXPECT_EQ(ids({.since = at(0), .until = at(3000), .after_seq = 990}).size(), 11U);
  EXPECT_EQ(reader().earliest().value(), at(0));
}

TEST_F(StoreTest, TheRangeOfAFilterHoldsAllItsRows) {
  auto store = open();
  EXPECT_FALSE(reader().range_of({}).value());
  for (int i = 10; i < 20; ++i) store->done(measurement(i));  // numbers 1 to 10
  for (int i = 0; i < 10; ++i) store->done(measurement(i));   // 11 to 20
  ASSERT_TRUE(flush(*store));
  auto const range = [&](Filter const& filter) {
    auto const found = reader().range_of(filter).value();
    return found ? std::pair(found->first, found->last) : std::pair<std::int64_t, std::int64_t>();
  };
  EXPECT_EQ(range({}), std::pair(1L, 20L));
  EXPECT_EQ(range({.since = at(15)}), std::pair(6L, 20L));
  EXPECT_EQ(range({.since = at(3), .until = at(7)}), std::pair(14L, 17L));
  EXPECT_EQ(range({.after_seq = 4, .before_seq = 9}), std::pair(5L, 8L));
  EXPECT_EQ(range({.since = at(100)}), std::pair(0L, 0L));
  EXPECT_EQ(range({.after_seq = 20}), std::pair(0L, 0L));
}

TEST_F(StoreTest, CircuitsAreFoundByTheirEnd) {
  auto store = open();
  for (int n = 1; n <= 5; ++n) {
    auto one = circuit(n);
    if (n != 2) one.closed_at = at(10 * n);
    store->circuit(one);
  }
  ASSERT_TRUE(flush(*store));
  auto const found = [&](EventFilter const& filter) {
    std::vector<std::uint64_t> out;
    EXPECT_TRUE(reader().for_each_circuit(filter, [&](model::Circuit const& one) {
      out.push_back(one.id);
      return true;
    }));
    return out;
  };
  EXPECT_THAT(found({.closed_since = at(10), .closed_until = at(40)}), ElementsAre(1, 3));
  EXPECT_THAT(found({.since = at(3), .until = at(9), .closed_since = at(10)}),
              ElementsAre(3, 4, 5));
  EXPECT_THAT(found({.since = at(6), .until = at(9)}), IsEmpty());
  EXPECT_THAT(found({.since = at(2), .until = at(4)}), ElementsAre(2, 3));
}

}  // namespace
}  // namespace perfd::store
