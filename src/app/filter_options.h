// The filters of results as options: `--since`, `--experiment`, `--relay`, … the same ones, with
// the same help, in every command that reads a store (model/selection_terms.h has the table).
// Thread: the main thread.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/selection.h"

namespace CLI {
class App;
}

namespace perfd::app {

class FilterOptions {
 public:
  // Of all terms, or of those that are named. REQUIRES: this outlives the command.
  void add_to(CLI::App& command, std::initializer_list<std::string_view> only = {});

  // What was asked for. The error names the option.
  [[nodiscard]] Result<model::Selection> selection() const;

 private:
  std::map<std::string, std::vector<std::string>> values_;  // as typed, by term
};

}  // namespace perfd::app
