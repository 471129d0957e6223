#include "app/filter_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "model/selection_terms.h"

namespace perfd::app {

void FilterOptions::add_to(CLI::App& command, std::initializer_list<std::string_view> only) {
  for (auto const& term : model::selection_terms()) {
    if (only.size() > 0 && std::find(only.begin(), only.end(), term.name) == only.end()) continue;
    // One value each time, which model/selection_terms.h takes apart.
    command
        .add_option("--" + std::string(term.name), values_[std::string(term.name)],
                    std::string(term.help))
        ->option_text(std::string(term.takes))
        ->allow_extra_args(false)
        ->group("Filters");
  }
}

Result<model::Selection> FilterOptions::selection() const {
  model::Selection out;
  for (auto const& [term, values] : values_)
    for (auto const& value : values)
      if (auto const done = model::narrow(out, term, value); !done)
        return Error{"--" + term + ": " + done.error().message};
  return out;
}

}  // namespace perfd::app
