// What a page load came to: from what the browser, the proxy and the server told.
//
// Internal to experiments. Thread: pure functions.
#pragma once

#include <cstddef>

#include "experiments/page.h"
#include "experiments/race.h"
#include "model/page.h"

namespace perfd::experiments {

inline constexpr std::size_t kPageDetailLimit = 300;  // bytes
// An operation beside those of net::Step.
inline constexpr auto kPageOperation = "page load";

[[nodiscard]] model::Outcome outcome_of(Raced const& raced, model::PageLoad const& page);

// What the page `form` sent; null where it came to no request.
[[nodiscard]] model::Resource const* form_of(model::PageLoad const& page);
// Of a page that was loaded: whether its form came over, all of it. payload_bytes of the record is
// what the server received, where the server told.
[[nodiscard]] model::Outcome outcome_of_form(PageSpec const& spec,
                                             model::Measurement const& record);

}  // namespace perfd::experiments
