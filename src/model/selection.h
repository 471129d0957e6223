// Which measurements are meant: what the filters of export, report and the web server ask for, in
// one place, so that the same words choose the same measurements everywhere.
//
// selection_terms.h has the words. A store answers most conditions from its columns; what only the
// record tells (needs_record) is judged here, as is everything where there is no store.
// Thread: values.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/units.h"
#include "model/measurement.h"

namespace perfd::model {

// All conditions hold at once; an empty list is no condition, and of a list one must hold.
struct Selection {
  std::optional<WallTime> since;  // started_at (or scheduled_at if it never started) >= since
  std::optional<WallTime> until;  // and < until
  std::vector<std::string> experiments;
  std::vector<std::string> sources;
  std::vector<std::string> arms;
  std::vector<std::string> targets;
  std::vector<Kind> kinds;
  std::vector<FailureCode> outcomes;  // may hold `ok`

  // What the record tells. "0.4.8" also means 0.4.8.12 and 0.4.8.12-dev.
  std::vector<std::string> tor_versions;
  // Fingerprints, upper case, without '$': at any position of any circuit that carried it.
  std::set<std::string, std::less<>> relays;          // one of them was there
  std::set<std::string, std::less<>> without_relays;  // none of them is known to have been
  std::optional<bool> build_timeout_learned;          // not learned: or nothing is known of it

  [[nodiscard]] bool needs_record() const;
  friend bool operator==(Selection const&, Selection const&) = default;
};

[[nodiscard]] bool selects(Selection const& selection, Measurement const& measurement);

}  // namespace perfd::model
