// The summary of a series, on made-up streams.
#include "stats/allocation.h"

#include <gmock/gmock.h>

namespace perfd::stats {
namespace {

using model::Distribution;

model::CircuitStay stay(std::uint64_t circuit, std::int64_t streams, std::string conflux = {},
                        std::optional<Micros> age = {}) {
  model::CircuitStay out;
  out.circuit_id = circuit;
  out.streams = streams;
  out.conflux_id = std::move(conflux);
  out.age = age;
  return out;
}
model::AllocatedStream allotted(std::optional<Micros> waited,
                                std::vector<model::CircuitStay> stays) {
  model::AllocatedStream out;
  out.stream.emplace();
  out.waited = waited;
  out.stays = std::move(stays);
  return out;
}

TEST(DistributionTest, HasQuantilesInWholeNumbers) {
  EXPECT_EQ(distribution({}), Distribution{});
  EXPECT_EQ(distribution({7}), (Distribution{1, 7, 7, 7, 7}));
  EXPECT_EQ(distribution({16, 1, 8, 2, 4}), (Distribution{5, 1, 4, 13, 16}));  // 12.8
  EXPECT_EQ(distribution({1, 2}), (Distribution{2, 1, 2, 2, 2})) << "1.5 and 1.9, rounded";
}

TEST(AllocationTest, CountsEachCircuitOnce) {
  model::Allocation series;
  series.streams = {
      allotted(Micros{10}, {stay(5, 2, "", Micros{100})}),
      // It changed: the age counts at its first circuit only.
      allotted(Micros{30}, {stay(9, 3, "", Micros{300}), stay(5, 2, "", Micros{999})}),
      allotted(Micros{20}, {stay(9, 3, "", Micros{200})}),
      allotted({}, {}),  // it never came to a circuit
      allotted(Micros{40}, {stay(9, 3), stay(9, 3)}),
      allotted(Micros{0}, {stay(2, 1)}),
  };
  summarize(series);
  EXPECT_EQ(series.circuits, 3);
  EXPECT_EQ(series.streams_per_circuit, (Distribution{3, 1, 2, 3, 3}));
  EXPECT_EQ(series.waited_us, (Distribution{5, 0, 20, 36, 40}));
  EXPECT_EQ(series.circuit_age_us, (Distribution{3, 100, 200, 280, 300}));
  EXPECT_EQ(series.detachments, 0);
}

TEST(AllocationTest, CountsLegsOfAConfluxSetOnceAlsoWhereAStreamWasOnBoth) {
  model::Allocation series;
  series.streams = {
      allotted(Micros{1}, {stay(11, 3, "set"), stay(12, 3, "set")}),
      allotted(Micros{1}, {stay(12, 3, "set"), stay(11, 3, "set")}),
      allotted(Micros{1}, {stay(11, 3, "set"), stay(12, 3, "set")}),
      allotted(Micros{1}, {stay(13, 1, "other")}),
      allotted(Micros{1}, {stay(14, 1)}),
  };
  summarize(series);
  EXPECT_EQ(series.circuits, 3);
  EXPECT_EQ(series.streams_per_circuit, (Distribution{3, 1, 1, 3, 3}));
}

// A third of a circuit from each of many streams must not add up to less than the whole.
TEST(AllocationTest, CountsCircuitsOfManyStreamsExactly) {
  model::Allocation series;
  for (std::uint64_t circuit = 1; circuit <= 1000; ++circuit)
    for (int i = 0; i < 7; ++i) series.streams.push_back(allotted({}, {stay(circuit, 7)}));
  summarize(series);
  EXPECT_EQ(series.circuits, 1000);
  EXPECT_EQ(series.streams_per_circuit, (Distribution{1000, 7, 7, 7, 7}));
  EXPECT_EQ(series.waited_us.n, 0);
}

TEST(AllocationTest, CountsDetachments) {
  model::Allocation series;
  auto moved = allotted(Micros{1}, {stay(5, 1), stay(6, 1), stay(7, 1)});
  for (auto const* status : {"NEW", "SENTCONNECT", "DETACHED", "SENTCONNECT", "DETACHED",
                             "SENTCONNECT", "SUCCEEDED", "CLOSED"})
    moved.stream->states.push_back({WallTime{}, status, ""});
  model::AllocatedStream unseen;  // tor never saw it
  series.streams = {moved, moved, unseen};
  series.detachments = 99;  // of an earlier summary
  summarize(series);
  EXPECT_EQ(series.detachments, 4);
}

}  // namespace
}  // namespace perfd::stats
