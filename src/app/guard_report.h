// What `perfd guards` shows of one tor instance: how its guards rank, which are set, and which were
// really used and with what success. After Torperf's analyze_guards.
// Thread: values and pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/circuit.h"
#include "model/guards.h"

namespace perfd::app {

// Circuits that began at one guard. Those of one hop are not counted: they fetch directories.
struct GuardUse {
  std::string nickname;
  std::uint64_t built = 0;
  std::uint64_t failed = 0;     // ended before they were built
  std::uint64_t timed_out = 0;  // took longer than tor's build time-out; may be in `failed`, too
  std::map<std::string, std::uint64_t> reasons;  // of the failed ones
};

class GuardReport {
 public:
  explicit GuardReport(std::string instance) : instance_(std::move(instance)) {}

  void add(model::GuardRanking ranking);
  // In the order of time. The last one is what is set; those `in_period` are counted and told.
  void add(model::GuardChoice choice, bool in_period);
  void add(model::Circuit const& circuit);

  // Tables for a person, with the first `top` of the ranking.
  [[nodiscard]] std::string text(std::size_t top) const;
  [[nodiscard]] std::string json(std::size_t top) const;

 private:
  struct Used {
    std::string fingerprint;  // empty: no first hop was reached
    std::optional<std::size_t> rank;
    GuardUse use;
  };
  // The most built first.
  [[nodiscard]] std::vector<Used> used() const;
  [[nodiscard]] std::uint64_t built() const;
  [[nodiscard]] bool is_set(std::string const& fingerprint) const;
  [[nodiscard]] std::string name_of(std::string const& fingerprint) const;
  void append_choices(std::string& out) const;
  void append_ranking(std::string& out, std::size_t top) const;
  void append_used(std::string& out) const;

  std::string instance_;
  std::optional<model::GuardRanking> ranking_;
  std::map<std::string, std::size_t> ranks_;  // by fingerprint, from 1
  std::optional<model::GuardChoice> set_;     // the latest choice
  std::vector<model::GuardChoice> choices_;   // in the period
  std::map<std::string, GuardUse> uses_;      // by fingerprint
};

}  // namespace perfd::app
