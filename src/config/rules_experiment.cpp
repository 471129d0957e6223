// Rules of [experiment.NAME] as a whole: its schedule and its arms.
#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "config/definition.h"
#include "config/limits.h"
#include "config/rules.h"

namespace perfd::config {

void Rules::experiment(Experiment const& e) {
  Path const self{"experiment", e.name};
  if (!is_name(e.name)) report({self}, "the name of the experiment " + *check_name(e.name));
  schedule(e);
  if (e.arms.empty()) {
    Path const order{"experiment", e.name, "order"};
    if (origins_.given(order)) report({order, self}, "has an effect only with arms");
    return subject({e, {}});
  }
  arms(e);
}

void Rules::schedule(Experiment const& e) {
  auto const at = [&](char const* key) { return Path{"experiment", e.name, key}; };
  Path const self{"experiment", e.name};
  if (e.every.count() <= 0) return report({at("every"), self}, "must be more than 0");
  if (e.timeout > e.every && !e.overlap)
    report({at("timeout"), at("every"), at("overlap"), self},
           format_duration(e.timeout) + " is longer than every = " + format_duration(e.every) +
               ": make it shorter, or set overlap = true");
  if (e.start_delay >= e.every && e.start_delay.count() > 0)
    report({at("start-delay"), at("every"), self},
           format_duration(e.start_delay) + " must be less than every = " +
               format_duration(e.every) + ": it moves the grid of slots, which repeats after that");
  bool const jitters = e.spread == Spread::jitter;
  if (jitters && e.jitter.count() == 0)
    report({at("jitter"), at("spread"), self}, "is missing, with spread = \"jitter\"");
  if (!jitters && e.jitter.count() != 0)
    report({at("jitter"), at("spread"), self}, "has an effect only with spread = \"jitter\"");
  if (jitters && e.jitter > e.every)
    report(
        {at("jitter"), at("every"), self},
        format_duration(e.jitter) + " must not be more than every = " + format_duration(e.every));
}

void Rules::arms(Experiment const& e) {
  Path const arms{"experiment", e.name, "arms"};
  Path const self{"experiment", e.name};
  if (e.arms.size() < 2) return report({arms, self}, "at least two arms are expected");
  distinct_arms(e);
  same_ends(e);
  for (auto const& arm : e.arms) {
    if (e.kind == Kind::resolve && (arm.target || arm.optimistic)) {
      report({arms, self},
             arm.name + ": target and optimistic have no effect with kind = \"resolve\"");
      continue;
    }
    auto const measured = with_arm(e, arm);
    subject({measured, arm.name});
  }
}

// The size is the experiment's, and must mean the same for all of its arms.
void Rules::same_ends(Experiment const& e) {
  if (e.kind != Kind::download && e.kind != Kind::allocation) return;
  auto const own_server = [&](Arm const& arm) {
    return arm.target.value_or(e.target).kind != TargetKind::url;
  };
  for (auto const& arm : e.arms)
    if (own_server(arm) != own_server(e.arms.front()))
      return report({{"experiment", e.name, "arms"}, {"experiment", e.name}},
                    arm.name +
                        ".target: all arms download either from perfd's own server, which "
                        "needs a size, or from other servers, which decide it themselves");
}

// Arms that measure the same, and arms side by side on one tor, which would disturb each other.
void Rules::distinct_arms(Experiment const& e) {
  Path const arms{"experiment", e.name, "arms"};
  for (auto a = e.arms.begin(); a != e.arms.end(); ++a)
    for (auto b = std::next(a); b != e.arms.end(); ++b) {
      auto const one = with_arm(e, *a);
      auto const other = with_arm(e, *b);
      if (one == other)
        report({arms}, a->name + " and " + b->name +
                           " measure the same: an arm changes tor, target, optimistic, circuit, "
                           "path or https");
      else if (e.order == ArmOrder::parallel && one.tor == other.tor)
        report({{"experiment", e.name, "order"}, arms},
               "\"parallel\" needs a tor of its own for each arm: " + a->name + " and " + b->name +
                   " both have " + one.tor);
    }
}

}  // namespace perfd::config
