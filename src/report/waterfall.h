// One measurement drawn on one axis of time, which begins with it.
//
// Of a page load: a row for each resource, made of waiting for its turn, connecting, TLS, waiting
// for the first byte and receiving; and the load's moments as lines through all rows. Of every
// other kind: a row for each step, of SOCKS, of tor (circuits hop by hop, the states of streams,
// the way to an onion service), of HTTP (each tenth of the payload), and of the measurement server.
//
// What a record holds is untrusted: all of its text is escaped, and no time that it may tell makes
// a drawing larger. Thread: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "model/measurement.h"

namespace perfd::report {

// Of more rows the first so many are drawn, and a line says how many there are.
inline constexpr std::size_t kMostWaterfallRows = 150;

// An SVG document that needs nothing else, for light and dark.
[[nodiscard]] std::string waterfall_svg(model::Measurement const& measurement);

// A page of HTML without scripts: what was measured, the drawing, and the marks as a table.
// `perfd_version` is that of the perfd that draws.
[[nodiscard]] std::string waterfall_page(model::Measurement const& measurement,
                                         std::string_view perfd_version);

}  // namespace perfd::report
