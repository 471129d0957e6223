// The words of filters: `--relay FP` of a command is `relay=FP` in a web address and in
// `perfd report --compare`. One table, so that all of them know the same ones.
// Thread: pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/selection.h"

namespace perfd::model {

struct SelectionTerm {
  std::string_view name;   // "since", "relay", …
  std::string_view takes;  // "TIME", "NAME,..."
  std::string_view help;
};

[[nodiscard]] std::span<SelectionTerm const> selection_terms();
// In the order of the table: "since, until, experiment, …"
[[nodiscard]] std::string selection_term_names();

// Adds the condition that `value` says of the term. Terms that take a list may come again, and then
// add to it; commas separate its parts, but for `target`, since URLs may hold some. The error says
// what is wrong with the value; who calls says of what.
// REQUIRES: the term is one of the table.
[[nodiscard]] Result<void> narrow(Selection& selection, std::string_view term,
                                  std::string_view value);

// Each condition as a person reads it: "experiment small, large", "since 2026-11-24T00:00:00Z".
[[nodiscard]] std::vector<std::string> describe(Selection const& selection);

}  // namespace perfd::model
