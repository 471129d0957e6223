// Settings that are allowed, and yet measure nothing, or something else than they seem to.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "config/config.h"
#include "config/limits.h"

namespace perfd::config {
namespace {

// Whether tor is told to do without conflux, on which it holds early data back.
bool without_conflux(Tor const& tor) {
  return std::any_of(tor.torrc.begin(), tor.torrc.end(), [](std::string const& line) {
    if (!equals_ignoring_case(torrc_option(line), "ConfluxEnabled")) return false;
    auto const value = trim(trim(line).substr(torrc_option(line).size()));
    return value == "0";
  });
}

// The tor instances on which the experiment is optimistic.
std::set<std::string> optimistic_tors(Experiment const& experiment) {
  std::set<std::string> out;
  if (experiment.arms.empty() && experiment.optimistic) out.insert(experiment.tor);
  for (auto const& arm : experiment.arms)
    if (arm.optimistic.value_or(experiment.optimistic))
      out.insert(arm.tor.value_or(experiment.tor));
  return out;
}

// Whether the arms go through several tors that each choose guards of their own. Where one of them
// has a policy, guards are what is compared.
bool have_guards_of_their_own(Settings const& settings, Experiment const& experiment) {
  std::set<std::string> names;
  for (auto const& arm : experiment.arms) names.insert(arm.tor.value_or(experiment.tor));
  return names.size() > 1 && std::ranges::all_of(settings.tors, [&](Tor const& tor) {
           return !names.contains(tor.name) || tor.guards.policy == GuardPolicy::tor_default;
         });
}

void advise_early_data(Settings const& settings, std::vector<std::string>& out) {
  for (auto const& experiment : settings.experiments)
    for (auto const& name : optimistic_tors(experiment))
      for (auto const& tor : settings.tors) {
        if (tor.name != name || without_conflux(tor)) continue;
        out.push_back("experiment." + experiment.name +
                      ": tor holds early data back on conflux circuits, so that optimistic saves "
                      "nothing there: " +
                      (tor.attach ? "give the tor that tor." + name + " attaches to"
                                  : "add to tor." + name + ".torrc") +
                      " \"ConfluxEnabled 0\"");
      }
}

void advise_guards(Settings const& settings, std::vector<std::string>& out) {
  for (auto const& experiment : settings.experiments)
    if (have_guards_of_their_own(settings, experiment))
      out.push_back("experiment." + experiment.name +
                    ": its arms go through several tors with guards of their own, which may differ "
                    "more than what is compared: give all of them the same guards, by a list or a "
                    "policy");
}

}  // namespace

std::vector<std::string> advice(Settings const& settings) {
  std::vector<std::string> out;
  advise_early_data(settings, out);
  advise_guards(settings, out);
  return out;
}

}  // namespace perfd::config
