#include "report/groups.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "model/arm_order.h"

namespace perfd::report {
namespace {

using GroupList = std::vector<Group const*>;

// The order in which the configuration has the arms of one experiment, as the turns tell it. Turns
// that contradict each other (arms came or went meanwhile) tell none.
void into_configured_order(GroupList& arms) {
  std::vector<std::pair<std::size_t, Group const*>> places;
  for (auto const* arm : arms) {
    if (!arm->turn || arm->turn->turn < 0) return;
    places.emplace_back(model::arm_of_turn(arm->turn->seed, arm->turn->turn, arms.size()), arm);
  }
  std::sort(places.begin(), places.end());
  for (std::size_t i = 0; i < places.size(); ++i)
    if (places[i].first != i) return;
  std::transform(places.begin(), places.end(), arms.begin(),
                 [](auto& place) { return place.second; });
}

std::string labels(GroupList const& groups) {
  std::string out;
  for (auto const* group : groups) out += (out.empty() ? "" : ", ") + group->label();
  return out;
}

}  // namespace

void Group::add_to_sample(model::Measurement const& m) {
  auto const before = sample.n();
  sample.add(m);
  constexpr std::size_t kFew = 6;
  if (sample.n() == before || kinds_and_sizes.size() >= kFew) return;
  kinds_and_sizes.emplace(m.kind, series_key(m).filesize);
}

void Group::merge(Group later) {
  sample.merge(std::move(later.sample));
  if (later.turn) turn = later.turn;
  kinds_and_sizes.merge(later.kinds_and_sizes);
}

void Groups::add(model::Measurement const& m) {
  auto const [place, is_new] = groups_.try_emplace({m.experiment, m.arm});
  auto& group = place->second;
  if (is_new) {
    group.experiment = m.experiment;
    group.arm = m.arm;
    group.number = groups_.size();
  }
  if (m.arm_turn) group.turn = m.arm_turn;
  if (what_ == Gathered::samples) group.add_to_sample(m);
}

void Groups::merge(Groups later) {
  auto const before = groups_.size();
  for (auto& [key, group] : later.groups_) {
    auto const [place, is_new] = groups_.try_emplace(key);
    if (is_new) {
      place->second = std::move(group);
      place->second.number += before;
    } else {
      place->second.merge(std::move(group));
    }
  }
}

std::vector<Group const*> Groups::all() const {
  std::map<std::string, GroupList> by_experiment;
  for (auto const& [key, group] : groups_) by_experiment[key.first].push_back(&group);
  GroupList out;
  for (auto& [experiment, groups] : by_experiment) {
    std::sort(groups.begin(), groups.end(), [](auto const* a, auto const* b) {
      return std::tuple(a->arm.empty(), a->number) < std::tuple(b->arm.empty(), b->number);
    });
    // A slot that was missed is of no arm; it is told last.
    auto const without_arm = static_cast<std::ptrdiff_t>(groups.back()->arm.empty() ? 1 : 0);
    GroupList arms(groups.begin(), groups.end() - without_arm);
    into_configured_order(arms);
    out.insert(out.end(), arms.begin(), arms.end());
    if (without_arm == 1) out.push_back(groups.back());
  }
  return out;
}

std::map<std::pair<std::string, std::string>, std::size_t> Groups::places() const {
  std::map<std::pair<std::string, std::string>, std::size_t> out;
  for (auto const* group : all()) out.try_emplace({group->experiment, group->arm}, out.size());
  return out;
}

std::vector<Group const*> Groups::comparable() const {
  GroupList out;
  for (auto const* group : all()) {
    bool const missed =
        group->arm.empty() && !out.empty() && out.back()->experiment == group->experiment;
    if (!missed) out.push_back(group);
  }
  return out;
}

Result<Group const*> Groups::find(std::string const& name, std::string const& partner) const {
  GroupList found;
  auto const groups = comparable();
  for (auto const* group : groups)
    if (group->label() == name || group->arm == name || group->experiment == name)
      found.push_back(group);
  if (found.size() > 1) {
    // Arms of one experiment are meant, if there is one that has both.
    GroupList beside;
    std::copy_if(found.begin(), found.end(), std::back_inserter(beside), [&](auto const* group) {
      return groups_.contains({group->experiment, partner});
    });
    if (beside.size() == 1) found = beside;
  }
  if (found.empty())
    return Error{"--compare: no results of '" + printable(name, 60) +
                 "'; there are: " + labels(groups)};
  if (found.size() > 1)
    return Error{"--compare: '" + printable(name, 60) + "' is several: " + labels(found) +
                 "; write one of them, or choose with --experiment"};
  return found.front();
}

Result<Groups::Pairs> Groups::to_compare(std::vector<std::string> const& names) const {
  Pairs out;
  if (names.size() == 2) {
    auto const base = find(names[0], names[1]);
    if (!base) return base.error();
    auto const other = find(names[1], names[0]);
    if (!other) return other.error();
    if (*base == *other) return Error{"--compare: both names are " + (*base)->label()};
    out.emplace_back(*base, *other);
    return out;
  }
  Group const* first = nullptr;
  auto const groups = comparable();
  for (auto const* group : groups) {
    if (first == nullptr || first->experiment != group->experiment)
      first = group;
    else
      out.emplace_back(first, group);
  }
  if (out.empty())
    return Error{"--compare: no experiment has results of two arms; name two of: " +
                 labels(groups)};
  return out;
}

}  // namespace perfd::report
