#include "model/selection_terms.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time_text.h"

namespace perfd::model {
namespace {

constexpr std::array kTerms = {
    SelectionTerm{"since", "TIME", "only what started at or after this time (UTC)"},
    SelectionTerm{"until", "TIME", "only what started before this time (UTC)"},
    SelectionTerm{"experiment", "NAME,...", "only these experiments"},
    SelectionTerm{"source", "NAME,...", "only of these vantage points"},
    SelectionTerm{"arm", "NAME,...", "only these arms"},
    SelectionTerm{"kind", "KIND,...",
                  "only these kinds: download, upload, page, allocation, resolve"},
    SelectionTerm{"target", "TARGET", "only to this target: direct, onion, single-onion or a URL"},
    SelectionTerm{"outcome", "CODE,...",
                  "only these outcomes: ok, a failure code, or failed for all of these"},
    SelectionTerm{"tor-version", "VERSION,...",
                  "only with these versions of tor; 0.4.8 means all that begin so"},
    SelectionTerm{"relay", "FP,...", "only what one of these relays carried, at any position"},
    SelectionTerm{"without-relay", "FP,...", "only what none of these relays carried"},
    SelectionTerm{"build-timeout", "learned|not-learned",
                  "only while tor had learned its circuit build time-out, or had not"},
};

Result<void> add_names(std::vector<std::string>& list, std::string_view value) {
  for (auto const part : split(value, ',')) {
    if (part.empty()) return Error{"has an empty name; write names with commas between them"};
    list.emplace_back(part);
  }
  return {};
}

Result<void> add_kinds(std::vector<Kind>& list, std::string_view value) {
  for (auto const part : split(value, ',')) {
    auto const kind = kind_from(part);
    if (!kind)
      return Error{"'" + printable(part, 40) +
                   "' is no kind; they are download, upload, page, allocation and resolve"};
    list.push_back(*kind);
  }
  return {};
}

Result<void> add_outcomes(std::vector<FailureCode>& list, std::string_view value) {
  for (auto const part : split(value, ',')) {
    if (part == "failed") {
      std::copy_if(all_failure_codes().begin(), all_failure_codes().end(), std::back_inserter(list),
                   [](auto code) { return code != FailureCode::ok; });
      continue;
    }
    auto const code = failure_code(part);
    if (!code)
      return Error{"'" + printable(part, 40) +
                   "' is no outcome; they are \"ok\", \"failed\" and the codes in "
                   "docs/measurement.md, such as NET_TIMEOUT"};
    list.push_back(*code);
  }
  return {};
}

Result<void> add_relays(std::set<std::string, std::less<>>& list, std::string_view value) {
  for (auto const part : split(value, ',')) {
    auto const digits = part.starts_with('$') ? part.substr(1) : part;
    auto const bytes = unhex(digits);
    if (!bytes || bytes->size() != 20)
      return Error{"'" + printable(part, 60) +
                   "' is no fingerprint of a relay: 40 hexadecimal digits, with or without a $ in "
                   "front"};
    list.insert(to_upper(digits));
  }
  return {};
}

Result<void> set_time(std::optional<WallTime>& time, std::string_view value) {
  auto const parsed = parse_time(value);
  if (!parsed) return parsed.error();
  time = *parsed;
  return {};
}

Result<void> set_learned(std::optional<bool>& learned, std::string_view value) {
  if (value != "learned" && value != "not-learned")
    return Error{"takes learned or not-learned, not '" + printable(value, 40) + "'"};
  learned = value == "learned";
  return {};
}

std::string joined(std::vector<std::string> const& parts) {
  std::string out;
  for (auto const& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

template <class Values>
std::vector<std::string> names_of(Values const& values) {
  std::vector<std::string> out;
  for (auto const value : values) out.emplace_back(name(value));
  return out;
}

// To the second where that is all of it.
std::string time_text(WallTime time) {
  return to_us(time) % 1'000'000 == 0 ? format_iso_seconds(time) : format_iso(time);
}

bool is_every_failure(std::vector<FailureCode> const& codes) {
  auto const all = all_failure_codes();
  return std::all_of(all.begin(), all.end(), [&](auto code) {
    bool const listed = std::find(codes.begin(), codes.end(), code) != codes.end();
    return listed == (code != FailureCode::ok);
  });
}

}  // namespace

std::span<SelectionTerm const> selection_terms() { return kTerms; }

std::string selection_term_names() {
  std::vector<std::string> names;
  for (auto const& term : kTerms) names.emplace_back(term.name);
  return joined(names);
}

Result<void> narrow(Selection& selection, std::string_view term, std::string_view value) {
  if (term == "since") return set_time(selection.since, value);
  if (term == "until") return set_time(selection.until, value);
  if (term == "experiment") return add_names(selection.experiments, value);
  if (term == "source") return add_names(selection.sources, value);
  if (term == "arm") return add_names(selection.arms, value);
  if (term == "kind") return add_kinds(selection.kinds, value);
  if (term == "outcome") return add_outcomes(selection.outcomes, value);
  if (term == "tor-version") return add_names(selection.tor_versions, value);
  if (term == "relay") return add_relays(selection.relays, value);
  if (term == "without-relay") return add_relays(selection.without_relays, value);
  if (term == "build-timeout") return set_learned(selection.build_timeout_learned, value);
  if (value.empty()) return Error{"is empty; it takes direct, onion, single-onion or a URL"};
  selection.targets.emplace_back(value);
  return {};
}

std::vector<std::string> describe(Selection const& selection) {
  std::vector<std::string> out;
  auto const say = [&](std::string_view what, std::vector<std::string> const& parts) {
    if (!parts.empty()) out.push_back(std::string(what) + " " + joined(parts));
  };
  auto const listed = [](auto const& set) {
    return std::vector<std::string>(set.begin(), set.end());
  };
  if (selection.since) out.push_back("since " + time_text(*selection.since));
  if (selection.until) out.push_back("until " + time_text(*selection.until));
  say("experiment", selection.experiments);
  say("source", selection.sources);
  say("arm", selection.arms);
  say("kind", names_of(selection.kinds));
  say("target", selection.targets);
  if (is_every_failure(selection.outcomes))
    out.emplace_back("outcome failed");
  else
    say("outcome", names_of(selection.outcomes));
  say("tor version", selection.tor_versions);
  say("relay", listed(selection.relays));
  say("without relay", listed(selection.without_relays));
  if (selection.build_timeout_learned)
    out.emplace_back(*selection.build_timeout_learned ? "build time-out learned"
                                                      : "build time-out not learned");
  return out;
}

}  // namespace perfd::model
