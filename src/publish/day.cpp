#include "publish/day.h"

#include <unistd.h>

#include <set>
#include <string_view>
#include <utility>

#include "formats/jsonl.h"
#include "formats/tpf.h"
#include "publish/analysis.h"
#include "publish/day_content.h"
#include "publish/folder.h"
#include "publish/output.h"
#include "runtime/files.h"

namespace perfd::publish {
namespace {

namespace fs = std::filesystem;

Error cancelled_error() { return Error{"cancelled"}; }

// Writes the files of one source under names that nobody looks for, then gives them their own.
class SourceFiles {
 public:
  SourceFiles(store::Reader& reader, Day day, DayOptions const& options, std::string source)
      : reader_(reader),
        day_(day),
        options_(options),
        source_(std::move(source)),
        folder_(options.folder / source_) {}
  ~SourceFiles() {
    std::error_code ignored;
    for (auto const& name : written_) fs::remove(folder_ / temporary_name(name), ignored);
  }
  SourceFiles(SourceFiles const&) = delete;
  SourceFiles& operator=(SourceFiles const&) = delete;

  Result<DayReport> write(SourceDay const& content) {
    DayReport report;
    if (auto const made = runtime::make_folder(folder_); !made) return made.error();
    for (auto const& [filesize, downloads] : content.downloads)
      if (auto const done = write_tpf(filesize, downloads); !done) return done.error();
    if (!content.ids.empty() || !content.circuits.empty()) {
      auto const results = write_document(content);
      if (!results) return results.error();
      report.results = *results;
    }
    report.files = written_.size();
    if (auto const done = put_in_place(); !done) return done.error();
    return report;
  }

 private:
  Result<void> write_tpf(std::string const& filesize,
                         std::vector<std::pair<WallTime, std::string>> const& downloads) {
    auto out = begin(tpf_name(source_, filesize, day_));
    if (!out) return out.error();
    std::string text;
    for (auto const& [start, id] : downloads) {
      if (options_.cancelled && options_.cancelled()) return cancelled_error();
      auto const row = reader_.by_id(id);
      if (!row) return row.error();
      if (!*row) continue;  // deleted meanwhile: it was old enough
      auto const measurement = formats::from_json_line((*row)->record);
      if (!measurement) return measurement.error();
      text.clear();
      formats::append_tpf(text, *measurement);
      if (auto const done = (*out)->write(text); !done) return done;
    }
    return (*out)->close();
  }

  Result<std::size_t> write_document(SourceDay const& content) {
    auto out = begin(analysis_name(day_));
    if (!out) return out.error();
    auto const results = write_analysis(reader_, {source_, content.ids, content.circuits},
                                        [&](std::string_view text) -> Result<void> {
                                          if (options_.cancelled && options_.cancelled())
                                            return cancelled_error();
                                          return (*out)->write(text);
                                        });
    if (!results) return results.error();
    if (auto const closed = (*out)->close(); !closed) return closed.error();
    return *results;
  }

  Result<std::unique_ptr<Output>> begin(std::string const& name) {
    written_.insert(name);
    return Output::open((folder_ / temporary_name(name)).string());
  }

  Result<void> put_in_place() {
    // What an earlier publication of the day had and this one has not, such as another size.
    auto const there = files_in(folder_);
    if (!there) return there.error();
    std::error_code ignored;
    for (auto const& file : *there)
      if (day_of_file(file.name) == day_ && !written_.contains(file.name))
        fs::remove(folder_ / file.name, ignored);
    for (auto const& name : std::exchange(written_, {}))
      if (auto const done = runtime::put_in_place(folder_ / temporary_name(name), folder_ / name);
          !done)
        return done.error();
    return {};
  }

  store::Reader& reader_;
  Day day_;
  DayOptions const& options_;
  std::string source_;
  fs::path folder_;
  std::set<std::string> written_;  // and not yet in place
};

}  // namespace

DayReport& DayReport::operator+=(DayReport const& other) {
  files += other.files;
  results += other.results;
  unreadable += other.unreadable;
  unnameable.insert(unnameable.end(), other.unnameable.begin(), other.unnameable.end());
  return *this;
}

Result<DayReport> publish_day(store::Reader& reader, Day day, DayOptions const& options) {
  auto const content = content_of(reader, day, options);
  if (!content) return content.error();
  DayReport report;
  report.unreadable = content->unreadable;
  for (auto const& [source, one] : content->sources) {
    if (options.cancelled && options.cancelled()) return cancelled_error();
    if (!is_source_name(source)) {
      report.unnameable.push_back(source);
      continue;
    }
    auto const written = SourceFiles(reader, day, options, source).write(one);
    if (!written) return written.error();
    report += *written;
  }
  return report;
}

}  // namespace perfd::publish
