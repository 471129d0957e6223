// A store of made-up results around some midnights, and a folder that they are published to.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "formats/onionperf_read.h"
#include "model/measurement.h"
#include "publish/day.h"
#include "store/reader.h"

namespace perfd::publish {

using namespace std::chrono_literals;

// What a published analysis holds.
struct ReadAnalysis {
  std::vector<model::Measurement> measurements;
  std::vector<model::Circuit> circuits;
};

class PublishTest : public testing::Test {
 protected:
  static constexpr Day kDay = std::chrono::year(2026) / 11 / 24;
  static WallTime at(Micros after_midnight) { return WallTime(kDay) + after_midnight; }

  PublishTest();
  ~PublishTest() override;

  // A download of `took` that began then, over a circuit of its own.
  model::Measurement download(std::string source, WallTime start, Micros took = 2s,
                              std::int64_t size = 51200);
  static model::Circuit circuit(std::uint64_t id, WallTime launched, WallTime closed,
                                std::string instance = "default");

  // Into the store; circuits of measurements too, as a tor's are.
  void keep(std::vector<model::Measurement> const& measurements,
            std::vector<model::Circuit> const& circuits = {});
  store::Reader reader() { return store::Reader::open(store_).value(); }
  DayReport publish(Day day = kDay, DayOptions options = {});

  // "op-a/op-a-51200-2026-11-24.tpf", sorted.
  [[nodiscard]] std::vector<std::string> published() const;
  [[nodiscard]] std::string bytes(std::string const& file) const;
  [[nodiscard]] ReadAnalysis analysis(std::string const& file) const;  // and checks it
  // Why CollecTor would refuse a .tpf; empty where it takes it.
  [[nodiscard]] std::string refusal(std::string const& source, std::string const& name) const;

  std::filesystem::path folder_;
  std::filesystem::path store_;
  std::filesystem::path root_;
  std::uint64_t next_ = 1;
};

}  // namespace perfd::publish
