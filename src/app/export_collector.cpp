#include "app/export_collector.h"

#include <chrono>
#include <cstdio>
#include <set>

#include "app/cli.h"
#include "base/text.h"
#include "publish/day.h"
#include "publish/folder.h"
#include "runtime/clock.h"
#include "runtime/files.h"

namespace perfd::app {

int export_collector(store::Reader& reader, CollectorExport const& what) {
  using std::chrono::days;
  if (what.folder.empty())
    return complain("--format collector writes files of each day: name a folder for them by -o",
                    kUsage);
  if (auto const made = runtime::make_folder(what.folder); !made)
    return complain(made.error().message, kCannotRun);
  auto const earliest = reader.earliest();
  if (!earliest) return complain(earliest.error().message, kCannotRun);

  publish::DayOptions options;
  options.folder = what.folder;
  options.sources = what.sources;
  publish::DayReport all;
  if (*earliest) {
    auto const end = what.until.value_or(WallTime(publish::day_of(runtime::wall_now())));
    auto day = publish::day_of(std::max(what.since.value_or(**earliest), **earliest));
    for (; WallTime(day) < end && day <= publish::day_of(runtime::wall_now()); day += days(1)) {
      auto const report = publish::publish_day(reader, day, options);
      if (!report)
        return complain(publish::day_text(day) + ": " + report.error().message, kCannotRun);
      all += *report;
    }
  }
  if (auto const settled = publish::settle_folder(what.folder, publish::Day::min()); !settled)
    return complain(settled.error().message, kCannotRun);

  for (auto const& source : std::set(all.unnameable.begin(), all.unnameable.end()))
    (void)complain("left out: the source '" + printable(source, 80) +
                       "' can be no part of a file's name: 1 to 64 of A-Z a-z 0-9 . _ - are "
                       "expected, the first a letter or a digit",
                   kFailed);
  if (all.unreadable > 0)
    (void)complain(std::to_string(all.unreadable) + " results can't be read", kFailed);
  std::fprintf(stderr, "%zu results written to %zu files in %s\n", all.results, all.files,
               what.folder.c_str());
  return all.unreadable == 0 && all.unnameable.empty() ? kDone : kFailed;
}

}  // namespace perfd::app
