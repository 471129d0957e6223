// One day's files: for each source an analysis document and a .tpf of each size, in its folder.
//
// A result is in the day in which it started, as CollecTor checks for .tpf; a circuit in the day in
// which it ended, whether a result used it or not. Whoever reads the folder meanwhile sees a file
// whole, as it was or as it is. The same store gives the same bytes.
// Thread: one; blocks, for a second for a day of a thousand results.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "publish/names.h"
#include "store/reader.h"

namespace perfd::publish {

struct DayOptions {
  std::filesystem::path folder;      // holds a folder of each source
  std::vector<std::string> sources;  // only these; empty: all
  // Whose circuits are those of a tor that has measured nothing lately; empty: of the only source,
  // if there is but one.
  std::string own_source;
  std::function<bool()> cancelled;  // asked now and then; may be empty
};

struct DayReport {
  std::size_t files = 0;
  std::size_t results = 0;              // in the analysis documents, which have them all
  std::size_t unreadable = 0;           // records that this perfd can't read
  std::vector<std::string> unnameable;  // sources that can be no part of a file's name

  DayReport& operator+=(DayReport const& other);
};

// Nothing is written for a source that has neither results nor circuits of that day. The error is
// the store's, the disk's, or that it was cancelled; files that are there are whole then, too.
[[nodiscard]] Result<DayReport> publish_day(store::Reader& reader, Day day,
                                            DayOptions const& options);

}  // namespace perfd::publish
