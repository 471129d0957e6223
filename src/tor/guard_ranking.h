// Which relays may be guards, in which order a policy takes them, and which of them are set.
//
// After Torperf's entrycons: a sample of the first few of a ranking; everything anew at each
// consensus; a guard that fails is replaced at once by the next that was not used since.
// Thread: values and pure functions; tens of milliseconds for the whole Tor network.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/settings.h"
#include "model/guards.h"
#include "wire/dir/router_status.h"
#include "wire/dir/server_descriptor.h"

namespace perfd::tor {

// By fingerprint, bytes per second.
using SelfAdvertised = std::unordered_map<std::string, std::int64_t>;
[[nodiscard]] SelfAdvertised self_advertised(std::vector<wire::dir::ServerDescriptor> descriptors);

// The part, 0 to 1, of the running relays whose descriptor is known; 0 without any relay.
[[nodiscard]] double descriptor_coverage(std::vector<wire::dir::RouterStatus> const& relays,
                                         SelfAdvertised const& known);

// What tor itself would take as a guard: Guard, Stable, Fast, Running, Valid, V2Dir
// (guard-spec, "GUARDS"). In the order of the consensus.
[[nodiscard]] bool may_be_guard(wire::dir::RouterStatus const& relay);
[[nodiscard]] std::vector<model::RankedGuard> guard_candidates(
    std::vector<wire::dir::RouterStatus> const& relays, SelfAdvertised const& known,
    std::map<std::string, std::string> const& countries_by_address = {});

// The candidates in the order in which the policy takes them. Of a list only those of it: the
// fingerprints as they are given, then the countries' by consensus bandwidth. A guard without a
// ratio comes last in both orders of it. Equals are ordered by fingerprint. For `none` and
// `tor_default` the order of `fast`, to be looked at.
[[nodiscard]] std::vector<model::RankedGuard> rank_guards(
    std::vector<model::RankedGuard> candidates, config::Guards const& guards);

// Fingerprints and countries ("{de}") of a list that no candidate stands for.
[[nodiscard]] std::vector<std::string> unavailable(
    config::Guards const& guards, std::vector<model::RankedGuard> const& candidates);

// Whether perfd sets guards by this policy; else tor chooses, or there are none.
[[nodiscard]] bool chooses_guards(config::GuardPolicy policy);
// Whether it needs what relays say of themselves.
[[nodiscard]] bool needs_descriptors(config::GuardPolicy policy);

// The guards that are set, and those that were since the ranking was made.
class GuardSelection {
 public:
  // Sets the first `count` of the ranking; what was used before is forgotten.
  void begin(std::vector<std::string> ranking, std::size_t count);

  struct Replacement {
    std::string next;
    bool started_over = false;  // all had been used: from the top again
  };
  // Sets another guard in its place; nullopt where it is not set. Where there is no other at all,
  // `next` is the failed one itself, which stays.
  std::optional<Replacement> replace(std::string_view failed);

  [[nodiscard]] std::vector<std::string> const& set() const { return set_; }
  [[nodiscard]] bool has(std::string_view fingerprint) const;

 private:
  [[nodiscard]] std::string const* next_unused(std::string_view failed) const;

  std::vector<std::string> ranking_;
  std::vector<std::string> set_;
  std::vector<bool> used_;  // by place in ranking_
};

}  // namespace perfd::tor
