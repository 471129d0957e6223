// What reports look at of a measurement and the other columns don't tell, in a few dozen bytes: a
// report over a million measurements reads these in the place of a million records.
//
// The bytes begin with the number of their layout. Another layout is not read, and reports take the
// record then, as they do of rows that were written before there were figures.
// Thread: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "model/measurement.h"

namespace perfd::store {

[[nodiscard]] std::string figures_of(model::Measurement const& measurement);

// Sets what figures_of took of a measurement: its marks (those that reports take figures from, and
// without their bounds), what came of the payload, the guard, the hops of the first circuit, the
// turn of the arm, and who measured. REQUIRES: a measurement that has none of these, but its
// started_at and filesize; circuits that it has are used for the new ones, whatever they have in
// fields that figures don't hold. False where the bytes are broken or of another layout; it may
// have got a part of it then.
[[nodiscard]] bool read_figures(std::string_view figures, model::Measurement& measurement);

}  // namespace perfd::store
