#include "tor/guard_ranking.h"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <utility>

namespace perfd::tor {

using config::GuardPolicy;
using model::RankedGuard;
using wire::dir::Flag;
using wire::dir::RouterStatus;

namespace {

bool heavier(RankedGuard const& a, RankedGuard const& b) {
  return a.bandwidth != b.bandwidth ? a.bandwidth > b.bandwidth : a.fingerprint < b.fingerprint;
}
bool lighter(RankedGuard const& a, RankedGuard const& b) {
  return a.bandwidth != b.bandwidth ? a.bandwidth < b.bandwidth : a.fingerprint < b.fingerprint;
}

template <class Before>
bool by_ratio(RankedGuard const& a, RankedGuard const& b, Before before) {
  auto const first = a.ratio();
  auto const second = b.ratio();
  if (first.has_value() != second.has_value()) return first.has_value();
  if (first && *first != *second) return before(*first, *second);
  return a.fingerprint < b.fingerprint;
}
bool ratio_above(RankedGuard const& a, RankedGuard const& b) {
  return by_ratio(a, b, std::greater<>{});
}
bool ratio_below(RankedGuard const& a, RankedGuard const& b) {
  return by_ratio(a, b, std::less<>{});
}

bool contains(std::vector<std::string> const& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

std::vector<RankedGuard> of_list(std::vector<RankedGuard> candidates,
                                 config::Guards const& guards) {
  std::vector<RankedGuard> out;
  auto const take = [&](auto const& wanted) {
    auto const rest = std::stable_partition(candidates.begin(), candidates.end(), wanted);
    std::move(candidates.begin(), rest, std::back_inserter(out));
    candidates.erase(candidates.begin(), rest);
  };
  for (auto const& fingerprint : guards.fingerprints)
    take([&](RankedGuard const& guard) { return guard.fingerprint == fingerprint; });
  std::sort(candidates.begin(), candidates.end(), heavier);
  take([&](RankedGuard const& guard) {
    return !guard.country.empty() && contains(guards.countries, guard.country);
  });
  return out;
}

}  // namespace

SelfAdvertised self_advertised(std::vector<wire::dir::ServerDescriptor> descriptors) {
  SelfAdvertised out;
  out.reserve(descriptors.size());
  for (auto& relay : descriptors) {
    auto const bandwidth = relay.self_advertised();
    out.insert_or_assign(std::move(relay.fingerprint), bandwidth);
  }
  return out;
}

double descriptor_coverage(std::vector<RouterStatus> const& relays, SelfAdvertised const& known) {
  std::size_t running = 0;
  std::size_t described = 0;
  for (auto const& relay : relays) {
    if (!relay.has(Flag::kRunning)) continue;
    ++running;
    described += known.contains(relay.fingerprint) ? 1 : 0;
  }
  return running == 0 ? 0.0 : static_cast<double>(described) / static_cast<double>(running);
}

bool may_be_guard(RouterStatus const& relay) {
  constexpr std::array kFlags = {Flag::kGuard,   Flag::kStable, Flag::kFast,
                                 Flag::kRunning, Flag::kValid,  Flag::kV2Dir};
  return std::all_of(kFlags.begin(), kFlags.end(), [&](Flag flag) { return relay.has(flag); });
}

std::vector<RankedGuard> guard_candidates(
    std::vector<RouterStatus> const& relays, SelfAdvertised const& known,
    std::map<std::string, std::string> const& countries_by_address) {
  std::vector<RankedGuard> out;
  for (auto const& relay : relays) {
    if (!may_be_guard(relay)) continue;
    auto& guard = out.emplace_back();
    guard.fingerprint = relay.fingerprint;
    guard.nickname = relay.nickname;
    guard.address = relay.address;
    guard.bandwidth = relay.bandwidth.value_or(0);
    if (auto const found = known.find(relay.fingerprint); found != known.end())
      guard.self_advertised = found->second;
    if (auto const found = countries_by_address.find(relay.address);
        found != countries_by_address.end())
      guard.country = found->second;
  }
  return out;
}

std::vector<RankedGuard> rank_guards(std::vector<RankedGuard> candidates,
                                     config::Guards const& guards) {
  switch (guards.policy) {
    case GuardPolicy::list:
      return of_list(std::move(candidates), guards);
    case GuardPolicy::slow:
      std::sort(candidates.begin(), candidates.end(), lighter);
      break;
    case GuardPolicy::fast_ratio:
      std::sort(candidates.begin(), candidates.end(), ratio_above);
      break;
    case GuardPolicy::slow_ratio:
      std::sort(candidates.begin(), candidates.end(), ratio_below);
      break;
    case GuardPolicy::tor_default:
    case GuardPolicy::none:
    case GuardPolicy::fast:
      std::sort(candidates.begin(), candidates.end(), heavier);
      break;
  }
  return candidates;
}

std::vector<std::string> unavailable(config::Guards const& guards,
                                     std::vector<RankedGuard> const& candidates) {
  std::vector<std::string> out;
  for (auto const& fingerprint : guards.fingerprints)
    if (std::none_of(candidates.begin(), candidates.end(),
                     [&](RankedGuard const& guard) { return guard.fingerprint == fingerprint; }))
      out.push_back(fingerprint);
  for (auto const& country : guards.countries)
    if (std::none_of(candidates.begin(), candidates.end(),
                     [&](RankedGuard const& guard) { return guard.country == country; }))
      out.push_back("{" + country + "}");
  return out;
}

bool chooses_guards(GuardPolicy policy) {
  return policy != GuardPolicy::tor_default && policy != GuardPolicy::none;
}

bool needs_descriptors(GuardPolicy policy) {
  return policy == GuardPolicy::fast_ratio || policy == GuardPolicy::slow_ratio;
}

void GuardSelection::begin(std::vector<std::string> ranking, std::size_t count) {
  ranking_ = std::move(ranking);
  used_.assign(ranking_.size(), false);
  count = std::min(count, ranking_.size());
  std::fill_n(used_.begin(), count, true);
  set_.assign(ranking_.begin(), ranking_.begin() + static_cast<std::ptrdiff_t>(count));
}

bool GuardSelection::has(std::string_view fingerprint) const { return contains(set_, fingerprint); }

std::string const* GuardSelection::next_unused(std::string_view failed) const {
  for (std::size_t i = 0; i < ranking_.size(); ++i)
    if (!used_[i] && ranking_[i] != failed) return &ranking_[i];
  return nullptr;
}

std::optional<GuardSelection::Replacement> GuardSelection::replace(std::string_view failed) {
  auto const place = std::find(set_.begin(), set_.end(), failed);
  if (place == set_.end()) return std::nullopt;
  Replacement out;
  auto const* next = next_unused(failed);
  if (next == nullptr) {
    out.started_over = true;
    for (std::size_t i = 0; i < ranking_.size(); ++i) used_[i] = has(ranking_[i]);
    next = next_unused(failed);
  }
  if (next == nullptr) {
    out.next = *place;
    return out;
  }
  used_[static_cast<std::size_t>(next - ranking_.data())] = true;
  out.next = *next;
  *place = *next;
  return out;
}

}  // namespace perfd::tor
