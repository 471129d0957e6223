// What is in the files of one day, source by source: ids and circuits, before anything is written.
// Thread: one; blocks.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "formats/onionperf_read.h"
#include "publish/day.h"
#include "store/reader.h"

namespace perfd::publish {

struct SourceDay {
  std::vector<std::string> ids;  // of the results that an analysis has a place for
  // Of those that .tpf has a place for: by size as the record says it, then by their start.
  std::map<std::string, std::vector<std::pair<WallTime, std::string>>> downloads;
  std::vector<formats::OnionPerfCircuit> circuits;

  [[nodiscard]] bool empty() const { return ids.empty() && downloads.empty() && circuits.empty(); }
};

struct DayContent {
  std::map<std::string, SourceDay> sources;  // of `options.sources`, where these are told
  std::size_t unreadable = 0;
};

[[nodiscard]] Result<DayContent> content_of(store::Reader& reader, Day day,
                                            DayOptions const& options);

}  // namespace perfd::publish
