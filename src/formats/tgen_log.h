// Logs of TGen, before 1.0 and 1.x: OnionPerf's raw record of what it measured.
//
// Every line that ends a transfer of this host's own becomes a measurement; lines of progress
// give its tenths. What each field becomes is in docs/formats.md ("OnionPerf's logs").
// Lines that say nothing of a transfer cost a search. Of rotated logs one reader may read one
// after the other: a transfer may begin in one file and end in the next.
// Thread: of its owner. Input is untrusted; what is kept between lines is bounded.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "formats/tgen_progress.h"
#include "formats/tgen_repeat.h"
#include "model/measurement.h"

namespace perfd::formats {

class TgenLogReader {
 public:
  // A line with or without its end. Gives a measurement when it ends one; an error with the
  // reason for a line that claims to tell of a transfer and is broken, after which the reader
  // goes on with the next line.
  [[nodiscard]] Result<std::optional<model::Measurement>> line(std::string_view text);
  // At the end of the last file: how many transfers were under way. They are forgotten: TGen was
  // killed, or goes on in a file that isn't here yet.
  [[nodiscard]] std::size_t finish();

 private:
  TgenOpenTransfers open_;
  TgenRepeat repeat_;
};

// The measurement of a line that ends a transfer. `text` is the line, of which the id is made.
[[nodiscard]] Result<model::Measurement> measurement_of_tgen(
    TgenLine const& line, std::optional<TgenProgress> const& progress, std::string_view text);

}  // namespace perfd::formats
