// Results gathered by experiment and arm, and which of them to compare. Comparisons of sources,
// versions and periods: sides.h.
// Thread: values.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/measurement.h"
#include "report/collected.h"
#include "stats/arm_sample.h"

namespace perfd::report {

// What the results of an arm, of an experiment without arms, or of a side came to.
struct Group {
  std::string experiment;
  std::string arm;
  stats::ArmSample sample;               // of Gathered::samples
  std::optional<model::ArmTurn> turn{};  // of the newest result that has one
  std::size_t number = 0;                // of its first result, among the groups
  std::string side{};                    // of Sides: as it was named, "source=op-de1",
  std::optional<SeriesKey> what{};       // and what was measured
  // Kinds and sizes in the sample, as far as they are few.
  std::set<std::pair<model::Kind, std::int64_t>> kinds_and_sizes{};

  void add_to_sample(model::Measurement const& measurement);
  // `later`: of results that ended after those of this one.
  void merge(Group later);
  [[nodiscard]] std::string label() const {
    return arm.empty() ? experiment : experiment + "/" + arm;
  }
};

// Whether the numbers to compare are kept, or only which groups there are.
enum class Gathered { names, samples };

class Groups {
 public:
  explicit Groups(Gathered what) : what_(what) {}
  void add(model::Measurement const& measurement);
  // `later`: of results that ended after those that were added here.
  void merge(Groups later);

  [[nodiscard]] bool empty() const { return groups_.empty(); }
  // By experiment; arms in the order of the configuration where their turns tell it, else in the
  // order of their first results.
  [[nodiscard]] std::vector<Group const*> all() const;

  // The place of each experiment and arm in all().
  [[nodiscard]] std::map<std::pair<std::string, std::string>, std::size_t> places() const;

  using Pairs = std::vector<std::pair<Group const*, Group const*>>;
  // Without names: of each experiment that has arms, all arms against the first. Else the second
  // name against the first; a name is an arm's, an experiment's without arms, or EXPERIMENT/ARM.
  // The error says which names there are.
  [[nodiscard]] Result<Pairs> to_compare(std::vector<std::string> const& names) const;

 private:
  // Without what an experiment with arms has of no arm: the slots that it missed.
  [[nodiscard]] std::vector<Group const*> comparable() const;
  [[nodiscard]] Result<Group const*> find(std::string const& name,
                                          std::string const& partner) const;

  Gathered what_;
  std::map<std::pair<std::string, std::string>, Group> groups_;  // by experiment and arm
};

}  // namespace perfd::report
