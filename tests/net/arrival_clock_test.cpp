#include "net/arrival_clock.h"

#include <gtest/gtest.h>

namespace perfd::net {
namespace {

using model::MarkSource;
using runtime::Received;
using runtime::SegmentCount;

MonoTime at(std::int64_t us) { return MonoTime{Nanos{us * 1000}}; }

Received read(std::size_t bytes, std::int64_t called, std::int64_t returned,
              std::optional<std::int64_t> stamp, bool drained = true) {
  Received out;
  out.status = Received::Status::data;
  out.bytes = bytes;
  out.drained = drained;
  out.called_at = at(called);
  out.read_at = at(returned);
  if (stamp) out.stamp = at(*stamp);
  return out;
}

void expect(Arrival const& arrival, std::int64_t earliest, std::int64_t latest, MarkSource source) {
  EXPECT_EQ(arrival.earliest, at(earliest));
  EXPECT_EQ(arrival.at, at(latest));
  EXPECT_EQ(arrival.source, source);
}

TEST(ArrivalClock, ASingleSegmentIsExactForAllItsBytes) {
  ArrivalClock clock(at(0));
  clock.waiting(SegmentCount{0, 0});
  clock.received(read(100, 90, 91, 50));
  auto const judgement = clock.judge(SegmentCount{1, 100});
  expect(judgement.last, 50, 50, MarkSource::kernel);
  expect(judgement.others, 50, 50, MarkSource::kernel);
}

TEST(ArrivalClock, OfMergedSegmentsOnlyTheLastByteIsExact) {
  ArrivalClock clock(at(0));
  clock.waiting(SegmentCount{0, 0});
  clock.received(read(300, 90, 91, 50));
  auto const judgement = clock.judge(SegmentCount{3, 300});
  expect(judgement.last, 50, 50, MarkSource::kernel);
  expect(judgement.others, 0, 50, MarkSource::kernel);
}

TEST(ArrivalClock, AnEndMergedBehindTheBytesLeavesNothingExact) {
  ArrivalClock clock(at(0));
  clock.waiting(SegmentCount{0, 0});
  clock.received(read(100, 90, 91, 80));
  // The kernel counts the end as a byte.
  auto const judgement = clock.judge(SegmentCount{1, 101});
  expect(judgement.last, 0, 80, MarkSource::kernel);
  expect(judgement.others, 0, 80, MarkSource::kernel);
}

TEST(ArrivalClock, BytesBehindThoseThatWereReadLeaveNothingExact) {
  ArrivalClock clock(at(0));
  clock.waiting(SegmentCount{0, 0});
  clock.received(read(100, 90, 91, 80, false));
  auto const judgement = clock.judge(SegmentCount{1, 150});
  expect(judgement.last, 0, 80, MarkSource::kernel);
}

TEST(ArrivalClock, TheBoundBeginsWithTheSegmentBefore) {
  ArrivalClock clock(at(0));
  clock.waiting(SegmentCount{0, 0});
  clock.received(read(10, 60, 61, 50));  // emptied the queue at 60; stamped at 50
  clock.waiting(SegmentCount{1, 10});
  clock.received(read(300, 190, 191, 150));
  auto const judgement = clock.judge(SegmentCount{4, 310});
  expect(judgement.others, 50, 150, MarkSource::kernel);
}

TEST(ArrivalClock, AReadThatLeavesBytesInTheQueueMovesNoBound) {
  ArrivalClock clock(at(0));
  clock.waiting(SegmentCount{0, 0});
  clock.woken(SegmentCount{4, 310});
  clock.received(read(10, 60, 61, 55, false));
  // The rest of the same merged segments, some of which came before 55.
  clock.received(read(300, 62, 63, 55));
  auto const judgement = clock.judge(SegmentCount{4, 310});
  expect(judgement.others, 0, 55, MarkSource::kernel);
  expect(judgement.last, 55, 55, MarkSource::kernel);
}

TEST(ArrivalClock, ASegmentInTwoReadsIsStillSingle) {
  ArrivalClock clock(at(0));
  clock.waiting(SegmentCount{0, 0});
  clock.woken(SegmentCount{1, 30});
  clock.received(read(10, 60, 61, 55, false));
  clock.received(read(20, 62, 63, 55));
  expect(clock.judge(SegmentCount{1, 30}).others, 55, 55, MarkSource::kernel);
}

// While a call holds the socket, a bare acknowledgement may be merged with the data before it.
TEST(ArrivalClock, ASegmentThatMayHaveComeDuringAnotherReadIsNotExact) {
  for (std::int64_t const stamp : {61, 75, 90}) {
    ArrivalClock clock(at(0));
    clock.waiting(SegmentCount{0, 0});
    clock.woken(SegmentCount{5, 200});
    clock.received(read(200, 60, 90, 55, false));
    clock.received(read(100, 95, 96, stamp));
    auto const judgement = clock.judge(SegmentCount{6, 300});
    expect(judgement.last, 55, stamp, MarkSource::kernel);
    expect(judgement.others, 0, stamp, MarkSource::kernel);
  }
}

TEST(ArrivalClock, ItsLastByteCameBehindTheSegmentsOfAnOlderStamp) {
  ArrivalClock clock(at(0));
  clock.waiting(SegmentCount{0, 0});
  clock.woken(SegmentCount{5, 200});
  clock.received(read(100, 60, 90, 55, false));
  clock.received(read(100, 91, 94, 75, false));
  clock.received(read(100, 95, 96, 75));  // the rest of the same segment
  auto const judgement = clock.judge(SegmentCount{6, 300});
  expect(judgement.last, 55, 75, MarkSource::kernel);
  expect(judgement.others, 0, 75, MarkSource::kernel);
}

TEST(ArrivalClock, ASegmentThatCameBetweenTwoReadsIsExact) {
  ArrivalClock clock(at(0));
  clock.waiting(SegmentCount{0, 0});
  clock.woken(SegmentCount{5, 200});
  clock.received(read(200, 60, 90, 55, false));
  clock.received(read(100, 95, 96, 92));
  expect(clock.judge(SegmentCount{6, 300}).last, 92, 92, MarkSource::kernel);
}

TEST(ArrivalClock, ASegmentThatWasCountedBeforeTheReadsIsExactHoweverManyTheyAre) {
  ArrivalClock clock(at(0));
  clock.waiting(SegmentCount{0, 0});
  clock.woken(SegmentCount{6, 300});
  clock.received(read(100, 60, 61, 55, false));
  (void)clock.judge(SegmentCount{6, 300});
  clock.received(read(100, 62, 63, 55, false));
  clock.received(read(100, 64, 65, 55));
  expect(clock.judge(SegmentCount{6, 300}).last, 55, 55, MarkSource::kernel);
}

TEST(ArrivalClock, ASegmentThatMayHaveComeDuringAWriteIsNotExact) {
  for (std::int64_t const stamp : {40, 50, 51}) {
    ArrivalClock clock(at(0));
    clock.called(at(50));
    clock.waiting(SegmentCount{1, 100});
    clock.woken(SegmentCount{1, 100});
    clock.received(read(100, 60, 61, stamp));
    auto const judgement = clock.judge(SegmentCount{1, 100});
    expect(judgement.last, stamp > 50 ? stamp : 0, stamp, MarkSource::kernel);
  }
}

TEST(ArrivalClock, CountsThatRanAheadOfTheReadsProveNoSingleSegment) {
  ArrivalClock clock(at(0));
  // A segment came between the read that found nothing and the question for the counts.
  clock.waiting(SegmentCount{1, 100});
  clock.received(read(200, 90, 91, 70));
  expect(clock.judge(SegmentCount{2, 200}).others, 0, 70, MarkSource::kernel);
}

TEST(ArrivalClock, WithoutAStampTheClockOfTheReadCounts) {
  ArrivalClock clock(at(0));
  clock.waiting(SegmentCount{0, 0});
  clock.received(read(100, 90, 95, std::nullopt));
  auto const judgement = clock.judge(SegmentCount{1, 100});
  expect(judgement.last, 0, 95, MarkSource::clock);
}

TEST(ArrivalClock, AStampFromBeforeTheSegmentBeforeIsNotBelieved) {
  ArrivalClock clock(at(0));
  clock.waiting(SegmentCount{0, 0});
  clock.received(read(10, 60, 61, 50));
  clock.waiting(SegmentCount{1, 10});
  clock.received(read(10, 90, 95, 40));
  expect(clock.judge(SegmentCount{2, 20}).last, 50, 95, MarkSource::clock);
}

TEST(ArrivalClock, AfterASegmentOutOfItsTurnNoStampIsBelieved) {
  ArrivalClock clock(at(0));
  clock.waiting(SegmentCount{0, 0});
  clock.received(read(200, 90, 95, 70));
  expect(clock.judge(SegmentCount{1, 200, 1}).last, 0, 95, MarkSource::clock);
}

TEST(ArrivalClock, WithoutAStampBytesCameBeforeTheyWereCounted) {
  ArrivalClock clock(at(0));
  clock.waiting(SegmentCount{0, 0});
  clock.woken(SegmentCount{2, 200, 1, at(80)});
  clock.received(read(150, 90, 95, 70, false));
  expect(clock.judge(SegmentCount{2, 200, 1, at(96)}).last, 0, 80, MarkSource::clock);
  clock.received(read(50, 97, 99, 70));
  expect(clock.judge(SegmentCount{2, 200, 1, at(100)}).last, 0, 80, MarkSource::clock);
}

TEST(ArrivalClock, WithoutAStampACountOfFewerBytesSaysNothing) {
  ArrivalClock clock(at(0));
  clock.waiting(SegmentCount{0, 0});
  clock.woken(SegmentCount{1, 100, 1, at(80)});
  clock.received(read(200, 90, 95, 70));
  expect(clock.judge(SegmentCount{2, 200, 1, at(96)}).last, 0, 95, MarkSource::clock);
}

TEST(ArrivalClock, WithoutCountsNoStampIsBelieved) {
  ArrivalClock clock(at(0));
  clock.waiting(std::nullopt);
  clock.received(read(200, 90, 95, 70));
  expect(clock.judge(std::nullopt).last, 0, 95, MarkSource::clock);
}

TEST(ArrivalClock, AMarkPromisesTheWholeInterval) {
  runtime::TraceClock const trace({at(0), Nanos{1'000'000'000'000'000}});
  auto const mark = Arrival{at(40), at(100), MarkSource::kernel}.mark(trace);
  EXPECT_EQ(to_us(mark.at), 1'000'000'000'100);
  EXPECT_EQ(mark.error_bound, Micros{60});
}

}  // namespace
}  // namespace perfd::net
