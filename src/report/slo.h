// Whether results keep to thresholds (config/settings_slo.h), worked out from the results alone:
// nothing is remembered from one look to the next, so a cron job needs no file for it and all who
// look at the same results come to the same verdict.
//
// Rates and percentiles are judged by windows of time that are over. One is bad, or good, or tells
// nothing since it has too few measurements. So many bad ones in a row make a rule fail, so many
// good ones in a row end that; what tells nothing breaks no row. Freshness is judged at `now`: it
// has its patience in its threshold. The windows that are looked at reach back for a bounded time
// (windows_of); before them all was well.
// Thread: one at a time. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/units.h"
#include "config/settings_slo.h"

namespace perfd::report {

// What is judged of a measurement.
struct SloResult {
  std::string experiment;
  std::string arm;
  WallTime at{};
  bool ok = false;
  // perfd ended it, or never started it: it says nothing of tor.
  bool ended_by_perfd = false;
  std::optional<Micros> ttfb;
  std::optional<Micros> ttlb;
};

enum class SloMetric : std::uint8_t { ttfb_p90, ttlb_p90, failure_rate, freshness };
[[nodiscard]] std::string_view name(SloMetric metric);  // "ttfb_p90"
[[nodiscard]] bool is_share(SloMetric metric);          // else µs

enum class SloState : std::uint8_t { ok, failing, no_data };
[[nodiscard]] std::string_view name(SloState state);  // "ok", "failing", "no data"

// One threshold of one rule, for one arm of one experiment.
struct SloVerdict {
  std::string rule;
  std::string experiment;
  std::string arm;
  SloMetric metric{};
  double threshold = 0;         // µs, or a share
  std::optional<double> value;  // of the latest window that tells, or at `now`
  SloState state = SloState::no_data;
  std::optional<WallTime> since;  // when it began to fail, or to be well again
  std::string reason;             // for a person
};

[[nodiscard]] std::string value_text(SloMetric metric, double value);

// How many windows of a rule are looked at.
[[nodiscard]] std::int64_t windows_of(config::SloRule const& rule);

class SloJudge {
 public:
  SloJudge(std::vector<config::SloRule> rules, WallTime now);

  // When measuring began, where that is known: what never succeeded is not called stale before its
  // threshold is over.
  void began(WallTime at) { began_ = at; }

  // Results before this are of no use.
  [[nodiscard]] WallTime since() const { return since_; }
  // In any order.
  void add(SloResult const& result);
  // In the order of the rules, then by experiment and arm.
  [[nodiscard]] std::vector<SloVerdict> verdicts() const;

 private:
  using Subject = std::pair<std::string, std::string>;  // experiment, arm
  struct Window {
    std::size_t measured = 0;
    std::size_t failed = 0;
    std::vector<double> ttfb, ttlb;  // µs, of successes
  };
  struct Seen {
    std::vector<Window> windows;  // oldest first
    std::optional<WallTime> last_ok;
  };
  struct Case {
    config::SloRule rule;
    WallTime from{};  // of the oldest window
    std::map<Subject, Seen> seen;
  };

  [[nodiscard]] SloVerdict judge(Case const& one, Subject const& subject, Seen const& seen,
                                 SloMetric metric) const;
  void judge_windows(Case const& one, Seen const& seen, SloVerdict& verdict) const;
  void judge_freshness(Case const& one, Seen const& seen, SloVerdict& verdict) const;

  WallTime now_;
  WallTime since_{};
  WallTime began_{};
  std::vector<Case> cases_;
};

}  // namespace perfd::report
