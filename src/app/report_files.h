// Results for a report straight from files, as `perfd import` reads them, without a store.
// Thread: one; blocks.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/measurement.h"
#include "model/selection.h"

namespace perfd::app {

// Each measurement that is chosen once, in the order of the files. What is broken is told on
// standard error; gives how many lines or files that were.
[[nodiscard]] Result<std::size_t> for_each_in_files(
    std::vector<std::string> const& paths, model::Selection const& selection,
    std::function<void(model::Measurement const&)> const& each);

}  // namespace perfd::app
