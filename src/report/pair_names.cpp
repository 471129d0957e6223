#include "report/pair_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/words.h"

namespace perfd::report {
namespace {

// "source=op-de1" is read as "source op-de1".
std::string spoken(std::string side) {
  std::replace(side.begin(), side.end(), '=', ' ');
  return side;
}

std::string listed(Group const& group) {
  std::string out;
  for (auto const& [kind, size] : group.kinds_and_sizes)
    out += (out.empty() ? "" : ", ") + sized(kind, size);
  return out;
}

}  // namespace

PairNames pair_names(Group const& base, Group const& other) {
  if (base.what)
    return {spoken(base.side), spoken(other.side),
            " in " + base.label() + ", " + what_was_measured(*base.what)};
  // Where both are arms of one experiment their names are enough.
  if (base.experiment != other.experiment) return {base.label(), other.label(), ""};
  auto const name = [](Group const& group) {
    return group.arm.empty() ? group.experiment : group.arm;
  };
  return {name(base), name(other), " in " + base.experiment};
}

std::string note_of_unlike(PairNames const& names, Group const& base, Group const& other) {
  auto const& of_base = base.kinds_and_sizes;
  auto const& of_other = other.kinds_and_sizes;
  if (of_base.empty() || of_other.empty()) return "";
  if (of_base != of_other)
    return fmt::format("Note: {} are {}, {} {}: what differs may be that.", names.base,
                       listed(base), names.other, listed(other));
  if (of_base.size() > 1)
    return fmt::format("Note: both mix {}; --since, --until and --kind choose.", listed(base));
  return "";
}

}  // namespace perfd::report
