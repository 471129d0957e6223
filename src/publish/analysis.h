// A document of OnionPerf's analysis from the store.
// Thread: one; blocks.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "formats/onionperf_write.h"
#include "store/reader.h"

namespace perfd::publish {

// The results that somebody chose, and the time that they chose, as far as it is bounded.
struct ChosenForOnionPerf {
  // Hands out each; stops when told false.
  std::function<Result<std::size_t>(std::function<bool(store::Brief const&)> const&)>
      for_each_brief;
  std::optional<WallTime> since;
  std::optional<WallTime> until;
};

// The chosen results, of one vantage point, and all circuits that ended in the chosen time or,
// without bounds, on the results' days. How many results were written; those that the format has
// no way to say are left out. The error says what to choose where the results are of several
// sources, which a document can't be.
[[nodiscard]] Result<std::size_t> export_onionperf(store::Reader& reader,
                                                   ChosenForOnionPerf const& chosen,
                                                   formats::OnionPerfOutput const& output);

// A document of chosen results and circuits.
struct Analysis {
  std::string source;
  std::vector<std::string> ids;  // of the results
  std::vector<formats::OnionPerfCircuit> circuits;
};
[[nodiscard]] Result<std::size_t> write_analysis(store::Reader& reader, Analysis const& analysis,
                                                 formats::OnionPerfOutput const& output);

// The circuits that ended between the bounds: one that was open at midnight is in the day of its
// end, and in one day only. Stops where `each` returns false.
[[nodiscard]] Result<void> for_each_ended_circuit(
    store::Reader& reader, WallTime from, WallTime until,
    std::function<bool(formats::OnionPerfCircuit)> const& each);

}  // namespace perfd::publish
