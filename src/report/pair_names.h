// What the two of a comparison are called in sentences and headings.
// Thread: pure functions.
#pragma once

#include <string>

#include "report/groups.h"

namespace perfd::report {

struct PairNames {
  std::string base;  // "plain", "old-tor", "source op-de1", "2026-10-01..2026-11-01"
  std::string other;
  std::string in;  // what both are of: " in early-data", or empty

  // "early against plain in early-data"
  [[nodiscard]] std::string title() const { return other + " against " + base + in; }
};

[[nodiscard]] PairNames pair_names(Group const& base, Group const& other);

// A sentence where the two measured different kinds or sizes of things, or several; else empty.
[[nodiscard]] std::string note_of_unlike(PairNames const& names, Group const& base,
                                         Group const& other);

}  // namespace perfd::report
