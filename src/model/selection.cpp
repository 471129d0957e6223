#include "model/selection.h"

#include <algorithm>
#include <string_view>

namespace perfd::model {
namespace {

template <class Value>
bool holds(std::vector<Value> const& wanted, Value const& value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

// "0.4.8.12" and "0.4.8.12 (git-…)" are of "0.4.8", "0.4.80" is not.
bool is_version(std::string_view version, std::string_view wanted) {
  if (!version.starts_with(wanted)) return false;
  auto const rest = version.substr(wanted.size());
  return rest.empty() || rest.front() == '.' || rest.front() == '-' || rest.front() == ' ';
}

// The first hop is told of records without circuits, too.
bool went_through(Measurement const& m, std::set<std::string, std::less<>> const& relays) {
  if (relays.contains(m.tor.guard)) return true;
  return std::any_of(m.tor.circuits.begin(), m.tor.circuits.end(), [&](Circuit const& circuit) {
    return std::any_of(circuit.path.begin(), circuit.path.end(),
                       [&](Hop const& hop) { return relays.contains(hop.fingerprint); });
  });
}

bool is_in_time(Selection const& selection, Measurement const& m) {
  auto const at = m.started_at == WallTime{} ? m.scheduled_at : m.started_at;
  return (!selection.since || at >= *selection.since) &&
         (!selection.until || at < *selection.until);
}

}  // namespace

bool Selection::needs_record() const {
  return !tor_versions.empty() || !relays.empty() || !without_relays.empty() ||
         build_timeout_learned.has_value();
}

bool selects(Selection const& selection, Measurement const& m) {
  if (!is_in_time(selection, m)) return false;
  if (!holds(selection.experiments, m.experiment) || !holds(selection.sources, m.source) ||
      !holds(selection.arms, m.arm) || !holds(selection.targets, m.target) ||
      !holds(selection.kinds, m.kind) || !holds(selection.outcomes, m.outcome.code))
    return false;
  auto const& versions = selection.tor_versions;
  if (!versions.empty() && std::none_of(versions.begin(), versions.end(), [&](auto const& wanted) {
        return is_version(m.tor.version, wanted);
      }))
    return false;
  if (selection.build_timeout_learned &&
      *selection.build_timeout_learned != m.tor.build_timeout_learned)
    return false;
  return (selection.relays.empty() || went_through(m, selection.relays)) &&
         !went_through(m, selection.without_relays);
}

}  // namespace perfd::model
