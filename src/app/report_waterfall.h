// `perfd report --waterfall`: one measurement drawn.
// Thread: none of its own; reads the store.
#pragma once

#include <string>

#include "base/result.h"
#include "store/reader.h"

namespace perfd::app {

// The page of the measurement `which`: an id, or "last", the newest that began of those that the
// filter chooses. Nothing where there is none.
[[nodiscard]] Result<std::optional<std::string>> waterfall_of(store::Reader& reader,
                                                              store::Filter filter,
                                                              std::string const& which);

// What is wrong with `which`, as far as that is known without a store.
[[nodiscard]] Result<> check_waterfall(std::string const& which);

}  // namespace perfd::app
