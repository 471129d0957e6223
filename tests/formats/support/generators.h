// Arbitrary values of the whole model, for property tests.
#pragma once

#include <rapidcheck.h>

#include <string>

#include "model/measurement.h"

namespace perfd::testing {

// Any valid UTF-8, control characters and NUL included.
[[nodiscard]] rc::Gen<std::string> any_text();
[[nodiscard]] rc::Gen<WallTime> any_time();  // from 1970 to 2100
[[nodiscard]] rc::Gen<model::Marks> any_marks();
[[nodiscard]] rc::Gen<model::Circuit> any_circuit();
[[nodiscard]] rc::Gen<model::Stream> any_stream();
[[nodiscard]] rc::Gen<model::GuardChoice> any_guard_choice();
[[nodiscard]] rc::Gen<model::GuardRanking> any_guard_ranking();
[[nodiscard]] rc::Gen<model::PageLoad> any_page();  // its proxy connections included
[[nodiscard]] rc::Gen<model::Measurement> any_measurement();
// A download as perfd makes it: the marks that Torperf knows in their order, a circuit
// with a path of real fingerprints, names without blanks.
[[nodiscard]] rc::Gen<model::Measurement> real_download();

}  // namespace perfd::testing
