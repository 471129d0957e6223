// Two sides of a comparison that are told by what the results say of themselves: sources, versions
// of tor, periods, or any other filter (model/selection_terms.h).
//
//   source=op-de1 source=op-nl1       tor=0.4.8.12 tor=0.4.9.3
//   2026-10-01..2026-11-01 2026-11-01..2026-12-01       (or period=…; one end may be left out)
//
// Only like is compared with like: the results of both sides are laid beside each other by
// experiment, arm, kind, target and size.
// Thread: values.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/selection.h"
#include "report/collected.h"
#include "report/groups.h"

namespace perfd::report {

class Sides {
 public:
  // Whether a name of --compare is meant as a side: "KEY=VALUE" or "FROM..TO".
  [[nodiscard]] static bool are_named_by(std::string_view name);
  // Names that are no sides, or that no comparison can be made of, are errors.
  [[nodiscard]] static Result<Sides> parse(std::string const& base, std::string const& other);

  // Keeps a few numbers of it, if it is of a side.
  void add(model::Measurement const& measurement);

  // The pairs of which both sides have results; an error where there is none, or where one result
  // is of both sides.
  [[nodiscard]] Result<Groups::Pairs> to_compare() const;
  // A sentence for each thing that only one side has results of.
  [[nodiscard]] std::vector<std::string> one_sided() const;

 private:
  struct Side {
    std::string name;  // as it was typed
    model::Selection which;
  };
  using Both = std::array<Group, 2>;

  Sides(Side base, Side other);
  [[nodiscard]] static Result<Side> parse_side(std::string_view name);

  std::array<Side, 2> sides_;
  bool across_arms_ = false;  // the sides are arms, which thus are no part of what must be alike
  std::map<SeriesKey, Both> groups_;
  std::array<std::size_t, 2> counts_{};
  std::size_t of_both_ = 0;
};

}  // namespace perfd::report
