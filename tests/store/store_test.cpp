// What is handed in is there, once and whole.
#include "store/store.h"

#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "formats/jsonl.h"
#include "store/support/store_fixture.h"

namespace perfd::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(StoreTest, AMeasurementThatIsDoneIsThereByteForByte) {
  auto const m = measurement(1);
  {
    auto store = open();
    ASSERT_TRUE(started(*store, measurement(1)));
    ASSERT_TRUE(done(*store, m));
    auto const row = reader().by_id(m.id).value();
    ASSERT_TRUE(row);
    EXPECT_EQ(row->record, formats::to_json_line(m));
  }
  EXPECT_EQ(reader().by_id(m.id).value()->record, formats::to_json_line(m));
}

TEST_F(StoreTest, AStartedMeasurementIsOnDiskBeforeItsCallback) {
  auto store = open();
  bool on_disk = false;
  std::promise<void> called;
  store->started(measurement(1), [&](Result<void> result) {
    on_disk = result.has_value() && reader().running().value().size() == 1;
    called.set_value();
  });
  called.get_future().wait();
  EXPECT_TRUE(on_disk);
}

TEST_F(StoreTest, ADoneMeasurementIsNoLongerRunning) {
  auto store = open();
  ASSERT_TRUE(started(*store, measurement(1)));
  EXPECT_EQ(reader().running().value().size(), 1U);
  EXPECT_TRUE(ids().empty());
  ASSERT_TRUE(done(*store, measurement(1)));
  EXPECT_TRUE(reader().running().value().empty());
  EXPECT_THAT(ids(), ElementsAre(id_of(1)));
}

TEST_F(StoreTest, AMissedSlotNeedsNoStart) {
  auto store = open();
  auto m = measurement(1);
  m.started_at = {};
  m.marks = {};
  m.outcome.code = model::FailureCode::perfd_missed_slot;
  ASSERT_TRUE(done(*store, m));
  // Filtered by the time it was due.
  EXPECT_THAT(ids({.since = at(1), .until = at(2)}), ElementsAre(id_of(1)));
}

TEST_F(StoreTest, TheSameRecordTwiceIsOneAndAnotherOneIsRefused) {
  auto store = open();
  ASSERT_TRUE(done(*store, measurement(1)));
  EXPECT_TRUE(done(*store, measurement(1)));
  EXPECT_TRUE(store->health().good());
  auto changed = measurement(1);
  changed.readbytes = 7;
  auto const refused = done(*store, changed);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("recorded already, and differently"));
  EXPECT_FALSE(started(*store, measurement(1)));
  EXPECT_EQ(store->health().lost_measurements, 2U);
  EXPECT_THAT(ids(), ElementsAre(id_of(1)));
}

TEST_F(StoreTest, ARefusedRecordDoesNotTakeItsNeighboursAlong) {
  auto store = open();
  ASSERT_TRUE(done(*store, measurement(1)));
  auto bad = measurement(1);
  bad.readbytes = 7;
  for (int i = 2; i < 50; ++i) store->done(measurement(i));
  store->done(bad);
  for (int i = 50; i < 100; ++i) store->done(measurement(i));
  ASSERT_TRUE(flush(*store));
  EXPECT_EQ(ids().size(), 99U);
}

TEST_F(StoreTest, WhatRanWhenPerfdEndedIsAborted) {
  {
    auto store = open();
    ASSERT_TRUE(started(*store, measurement(1)));
    ASSERT_TRUE(started(*store, measurement(2)));
    ASSERT_TRUE(done(*store, measurement(2)));
  }
  auto store = open();
  EXPECT_EQ(store->aborted_at_open(), 1U);
  auto const m = formats::from_json_line(reader().by_id(id_of(1)).value()->record).value();
  EXPECT_EQ(m.outcome.code, model::FailureCode::perfd_aborted);
  EXPECT_THAT(m.outcome.detail, HasSubstr("at 2023-11-14T22:13:20Z"));
  EXPECT_EQ(m.marks, measurement(1).marks);
  EXPECT_THAT(ids(), ElementsAre(id_of(2), id_of(1)));
  store.reset();
  EXPECT_EQ(open()->aborted_at_open(), 0U);
}

TEST_F(StoreTest, CircuitsStreamsAndEventsComeBackWhole) {
  auto store = open();
  auto odd = raw_event(3);
  odd.line = std::string("650 X \0\xFF\x01 end", 14);
  store->circuit(circuit(1));
  store->stream(stream(2));
  store->raw_event(odd);
  ASSERT_TRUE(flush(*store));
  auto from = reader();
  std::vector<model::Circuit> circuits;
  std::vector<model::Stream> streams;
  std::vector<RawEvent> events;
  EXPECT_TRUE(
      from.for_each_circuit({}, [&](auto const& c) { return circuits.push_back(c), true; }));
  EXPECT_TRUE(from.for_each_stream({}, [&](auto const& s) { return streams.push_back(s), true; }));
  EXPECT_TRUE(
      from.for_each_raw_event({}, [&](auto const& e) { return events.push_back(e), true; }));
  EXPECT_THAT(circuits, ElementsAre(circuit(1)));
  EXPECT_THAT(streams, ElementsAre(stream(2)));
  EXPECT_THAT(events, ElementsAre(odd));
}

TEST_F(StoreTest, ALaterRecordOfACircuitReplacesTheEarlierOne) {
  auto store = open();
  store->circuit(circuit(1));
  auto later = circuit(1);
  later.failed = true;
  later.reason = "TIMEOUT";
  store->circuit(later);
  auto other_run = circuit(1);
  other_run.tor_run = 2;
  store->circuit(other_run);
  ASSERT_TRUE(flush(*store));
  std::vector<model::Circuit> circuits;
  auto from = reader();
  ASSERT_TRUE(
      from.for_each_circuit({}, [&](auto const& c) { return circuits.push_back(c), true; }));
  EXPECT_THAT(circuits, ElementsAre(later, other_run));
}

TEST_F(StoreTest, EventsAreWrittenWithoutAFlushWhenTheirTimeHasCome) {
  auto store = open();
  store->raw_event(raw_event(1));
  EXPECT_TRUE(eventually([&] { return store->health().pending_events == 0; }));
  EXPECT_EQ(reader().totals().value().raw_events, 1);
}

TEST_F(StoreTest, CloseWritesWhatWaits) {
  auto slow = options();
  slow.batch_delay = Micros{3'600'000'000};
  auto store = Store::open(slow).value();
  std::atomic<int> confirmed = 0;
  for (int i = 0; i < 300; ++i) {
    store->done(measurement(i), [&](Result<void> result) { confirmed += result ? 1 : 0; });
    store->raw_event(raw_event(i));
  }
  EXPECT_TRUE(store->close());
  EXPECT_TRUE(store->close());
  EXPECT_EQ(confirmed, 300);
  EXPECT_EQ(reader().totals().value().measurements, 300);
  EXPECT_EQ(reader().totals().value().raw_events, 300);
}

TEST_F(StoreTest, AfterCloseEverythingIsRefusedAloud) {
  auto store = open();
  ASSERT_TRUE(store->close());
  EXPECT_FALSE(done(*store, measurement(1)));
  EXPECT_TRUE(flush(*store));
  store->raw_event(raw_event(1));
  EXPECT_EQ(store->health().lost_measurements, 1U);
  EXPECT_EQ(store->health().lost_events, 1U);
}

TEST_F(StoreTest, ACallbackMayCallTheStore) {
  auto store = open();
  std::promise<Result<void>> second;
  store->started(measurement(1), [&](Result<void>) {
    store->done(measurement(1), [&](Result<void> result) { second.set_value(result); });
  });
  EXPECT_TRUE(second.get_future().get());
}

TEST_F(StoreTest, ManyThreadsMayCallAtOnce) {
  auto store = open();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        store->started(measurement(t * 100 + i));
        store->done(measurement(t * 100 + i));
        store->circuit(circuit(t * 100 + i));
        store->raw_event(raw_event(i));
        (void)store->health();
      }
    });
  for (auto& thread : threads) thread.join();
  ASSERT_TRUE(flush(*store));
  auto const totals = reader().totals().value();
  EXPECT_EQ(totals.measurements, 400);
  EXPECT_EQ(totals.circuits, 400);
  EXPECT_EQ(totals.raw_events, 400);
  EXPECT_EQ(totals.running, 0);
}

}  // namespace
}  // namespace perfd::store
