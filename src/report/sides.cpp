#include "report/sides.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "base/time_text.h"
#include "model/selection_terms.h"
#include "report/markup.h"
#include "report/words.h"

namespace perfd::report {
namespace {

constexpr std::string_view kTo = "..";

// Of these a comparison would be one of unlike things, or one of nothing.
std::string_view why_no_side(std::string_view term) {
  if (term == "experiment") return "write the names of two experiments alone";
  if (term == "kind" || term == "target")
    return "what is compared must be alike; choose it by --kind or --target";
  if (term == "outcome") return "times are of successful measurements, and rates of all";
  return {};
}

Result<void> set_end(std::optional<WallTime>& end, std::string_view text) {
  if (text.empty()) return {};
  auto const time = parse_time(text);
  if (!time) return time.error();
  end = *time;
  return {};
}

Result<model::Selection> parse_period(std::string_view text) {
  auto const middle = text.find(kTo);
  if (middle == std::string_view::npos)
    return Error{"'" + printable(text, 60) + "' is no period: write FROM..TO"};
  model::Selection out;
  if (auto const set = set_end(out.since, text.substr(0, middle)); !set) return set.error();
  if (auto const set = set_end(out.until, text.substr(middle + kTo.size())); !set)
    return set.error();
  if (!out.since && !out.until) return Error{"a period needs a beginning or an end"};
  if (out.since && out.until && *out.until <= *out.since)
    return Error{"the period " + printable(text, 80) + " ends before it begins"};
  return out;
}

Result<model::Selection> parse_term(std::string_view key, std::string_view value) {
  if (key == "period") return parse_period(value);
  if (key == "tor") key = "tor-version";
  std::vector<std::string_view> known = {"period", "tor"};
  for (auto const& term : model::selection_terms())
    if (why_no_side(term.name).empty() || term.name == key) known.push_back(term.name);
  if (std::find(known.begin(), known.end(), key) == known.end()) {
    auto const near = nearest(key, known);
    return Error{"nothing is compared by '" + printable(key, 40) + "'; " +
                 (near ? "did you mean " + std::string(*near) + "=?"
                       : "write source=NAME, tor=VERSION or FROM..TO")};
  }
  if (auto const why = why_no_side(key); !why.empty())
    return Error{"not by " + std::string(key) + ": " + std::string(why)};
  model::Selection out;
  if (auto const done = model::narrow(out, key, value); !done)
    return Error{std::string(key) + ": " + done.error().message};
  return out;
}

}  // namespace

bool Sides::are_named_by(std::string_view name) {
  return name.find('=') != std::string_view::npos || name.find(kTo) != std::string_view::npos;
}

Result<Sides::Side> Sides::parse_side(std::string_view name) {
  auto const equals = name.find('=');
  auto which = equals == std::string_view::npos
                   ? parse_period(name)
                   : parse_term(name.substr(0, equals), name.substr(equals + 1));
  if (!which) return Error{"--compare: " + which.error().message};
  return Side{std::string(name), std::move(*which)};
}

Result<Sides> Sides::parse(std::string const& base, std::string const& other) {
  for (auto const& name : {base, other})
    if (!are_named_by(name))
      return Error{"--compare: '" + printable(name, 60) +
                   "' is the name of an arm or an experiment, and the other one is none; write "
                   "both as KEY=VALUE or FROM..TO, or both as names"};
  auto first = parse_side(base);
  if (!first) return first.error();
  auto second = parse_side(other);
  if (!second) return second.error();
  if (first->which == second->which) return Error{"--compare: both are " + printable(base, 80)};
  return Sides(std::move(*first), std::move(*second));
}

Sides::Sides(Side base, Side other)
    : sides_{std::move(base), std::move(other)},
      across_arms_(!sides_[0].which.arms.empty() && !sides_[1].which.arms.empty()) {}

void Sides::add(model::Measurement const& m) {
  bool const of[] = {model::selects(sides_[0].which, m), model::selects(sides_[1].which, m)};
  if (!of[0] && !of[1]) return;
  if (of[0] && of[1]) ++of_both_;
  auto key = series_key(m);
  if (across_arms_) key.arm.clear();
  auto const [place, is_new] = groups_.try_emplace(key);
  for (std::size_t side = 0; side < sides_.size(); ++side) {
    auto& group = place->second[side];
    if (is_new) {
      group.experiment = key.experiment;
      group.arm = key.arm;
      group.side = sides_[side].name;
      group.what = key;
    }
    if (!of[side]) continue;
    group.add_to_sample(m);
    ++counts_[side];
  }
}

Result<Groups::Pairs> Sides::to_compare() const {
  if (of_both_ > 0)
    return Error{fmt::format("--compare: {} and {} have {} in common; choose sides that have none",
                             sides_[0].name, sides_[1].name, counted(of_both_, "result"))};
  Groups::Pairs out;
  for (auto const& [key, both] : groups_)
    if (both[0].sample.n() > 0 && both[1].sample.n() > 0) out.emplace_back(&both[0], &both[1]);
  if (out.empty())
    return Error{fmt::format(
        "--compare: nothing was measured on both sides: {} has {}, {} has {}{}", sides_[0].name,
        counted(counts_[0], "result"), sides_[1].name, counted(counts_[1], "result"),
        counts_[0] > 0 && counts_[1] > 0 ? ", none of the same experiment, kind, target and size"
                                         : "")};
  return out;
}

std::vector<std::string> Sides::one_sided() const {
  std::vector<std::string> out;
  for (auto const& [key, both] : groups_) {
    auto const n = std::array{both[0].sample.n(), both[1].sample.n()};
    if ((n[0] > 0) == (n[1] > 0)) continue;
    std::size_t const side = n[0] > 0 ? 0 : 1;
    out.push_back(fmt::format("{} ({}) is not compared: only {} has results of it ({})",
                              printable(both[0].label(), 80), what_was_measured(key),
                              sides_[side].name, n[side]));
  }
  return out;
}

}  // namespace perfd::report
