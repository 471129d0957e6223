#include "publish/catch_up.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "base/text.h"
#include "publish/folder.h"
#include "runtime/files.h"

namespace perfd::publish {
namespace {

using std::chrono::days;

constexpr auto kUntilName = ".until";
constexpr std::size_t kUntilLimit = 64;

// Nothing where there is none, or nothing of the kind: then all days are published again.
std::optional<Day> read_until(std::filesystem::path const& folder) {
  auto const text = runtime::read_file(folder / kUntilName, kUntilLimit);
  return text ? parse_day(trim(*text)) : std::nullopt;
}

Result<void> write_until(std::filesystem::path const& folder, Day day) {
  if (auto const made = runtime::make_folder(folder); !made) return made.error();
  return runtime::write_file(folder / kUntilName, day_text(day) + "\n");
}

// A measurement of the day is still under way.
Result<bool> is_under_way(store::Reader& reader, Day day) {
  auto const running = reader.running();
  if (!running) return running.error();
  return std::any_of(running->begin(), running->end(),
                     [&](auto const& m) { return day_of(m.started_at) <= day; });
}

}  // namespace

Result<CaughtUp> publish_next(CatchUp const& what, DayOptions const& options) {
  CaughtUp out;
  auto const last = day_of(what.now - what.settle) - days(1);
  out.until = read_until(options.folder);
  // One from the future was noted by a clock that was wrong.
  if (out.until && *out.until > day_of(what.now)) out.until.reset();
  if (out.until && *out.until >= last) return out;

  auto reader = store::Reader::open(what.store);
  if (!reader) return reader.error();
  auto const earliest = reader->earliest();
  if (!earliest) return earliest.error();
  if (!*earliest) return out;
  auto day = std::max(day_of(**earliest), std::chrono::ceil<days>(what.now - what.keep));
  if (out.until) day = std::max(day, *out.until + days(1));

  for (; day <= last; day += days(1)) {
    if (options.cancelled && options.cancelled()) return Error{"cancelled"};
    auto const under_way = is_under_way(*reader, day);
    if (!under_way) return under_way.error();
    if (*under_way) break;
    auto const report = publish_day(*reader, day, options);
    if (!report) return Error{day_text(day) + ": " + report.error().message};
    out.until = day;
    out.report += *report;
    if (report->files > 0) break;
  }
  // Once for a row of days that have nothing: there may be years of them.
  if (out.until)
    if (auto const noted = write_until(options.folder, *out.until); !noted) return noted.error();
  out.more = day < last && out.report.files > 0;
  return out;
}

}  // namespace perfd::publish
