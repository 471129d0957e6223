#include "publish/day_content.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "base/time_text.h"
#include "formats/jsonl.h"
#include "formats/onionperf_write.h"
#include "formats/tpf.h"
#include "publish/analysis.h"

namespace perfd::publish {
namespace {

using std::chrono::days;

// The store is asked by started_at, the day is START's: these differ by less than this.
constexpr auto kSlack = std::chrono::minutes(1);
// Who measured with a tor lately has its circuits.
constexpr auto kLately = days(7);

// The moment that the files tell: START, cut off as .tpf cuts it.
WallTime start_of(model::Measurement const& m) {
  return m.marks.at(model::mark::kStart).value_or(m.started_at);
}

// Whose circuits those of each tor are.
class Owners {
 public:
  static Result<Owners> of(store::Reader& reader, Day day, std::string own) {
    Owners out(day, std::move(own));
    store::Filter filter;
    filter.since = WallTime(day - kLately);
    filter.until = WallTime(day + days(1));
    auto const count = reader.for_each_brief(filter, [&](store::Brief const& brief) {
      out.sources_.insert(brief.source);
      if (!brief.instance.empty()) {
        auto& last = out.last_use_[brief.instance][brief.source];
        last = std::max(last, brief.at);
      }
      return true;
    });
    if (!count) return count.error();
    return out;
  }

  [[nodiscard]] std::set<std::string> of_instance(std::string const& instance) const {
    if (auto const found = last_use_.find(instance); found != last_use_.end())
      return users(found->second);
    // Of an import: its circuits bear its name.
    if (sources_.contains(instance)) return {instance};
    if (!own_.empty()) return {own_};
    return sources_.size() == 1 ? sources_ : std::set<std::string>();
  }

 private:
  using LastUse = std::map<std::string, WallTime>;  // by source

  Owners(Day day, std::string own) : day_(day), own_(std::move(own)) {}

  // All of the day itself, else the latest.
  [[nodiscard]] std::set<std::string> users(LastUse const& uses) const {
    std::set<std::string> today;
    for (auto const& [source, at] : uses)
      if (at >= WallTime(day_)) today.insert(source);
    if (!today.empty()) return today;
    auto const latest = std::max_element(
        uses.begin(), uses.end(), [](auto const& a, auto const& b) { return a.second < b.second; });
    return {latest->first};
  }

  Day day_;
  std::string own_;
  std::set<std::string> sources_;
  std::map<std::string, LastUse> last_use_;  // by instance
};

void add(SourceDay& to, model::Measurement const& m) {
  if (formats::is_onionperf_result(m)) to.ids.push_back(m.id);
  if (auto const record = formats::to_tpf(m))
    if (auto const* const filesize = record->find("FILESIZE"))
      to.downloads[*filesize].emplace_back(start_of(m), m.id);
}

bool chosen(DayOptions const& options, std::string const& source) {
  return options.sources.empty() ||
         std::find(options.sources.begin(), options.sources.end(), source) != options.sources.end();
}

Result<void> add_results(store::Reader& reader, Day day, DayOptions const& options,
                         DayContent& content) {
  store::Filter filter;
  filter.since = WallTime(day) - kSlack;
  filter.until = WallTime(day + days(1)) + kSlack;
  filter.sources = options.sources;
  // What has no place in these files is not even read: page loads are long.
  filter.kinds = {model::Kind::download, model::Kind::upload};
  auto const count = reader.for_each(filter, [&](store::Row const& row) {
    auto const m = formats::from_json_line(row.record);
    if (!m)
      ++content.unreadable;
    else if (day_of(start_of(*m)) == day)
      add(content.sources[m->source], *m);
    return !options.cancelled || !options.cancelled();
  });
  if (!count) return count.error();
  if (options.cancelled && options.cancelled()) return Error{"cancelled"};
  for (auto& [source, one] : content.sources)
    for (auto& [filesize, downloads] : one.downloads) std::sort(downloads.begin(), downloads.end());
  return {};
}

Result<void> add_circuits(store::Reader& reader, Day day, DayOptions const& options,
                          DayContent& content) {
  auto const owners = Owners::of(reader, day, options.own_source);
  if (!owners) return owners.error();
  std::size_t most = 0;
  auto const from = WallTime(day);
  auto const done = for_each_ended_circuit(
      reader, from, from + days(1), [&](formats::OnionPerfCircuit const& circuit) {
        for (auto const& source : owners->of_instance(circuit.circuit.instance)) {
          if (!chosen(options, source)) continue;
          auto& circuits = content.sources[source].circuits;
          circuits.push_back(circuit);
          most = std::max(most, circuits.size());
        }
        return most < formats::kMaxOnionPerfRows;
      });
  if (!done) return done.error();
  if (most >= formats::kMaxOnionPerfRows)
    return Error{"over " + std::to_string(formats::kMaxOnionPerfRows) + " circuits ended on " +
                 day_text(day) + ", more than readers of an analysis take"};
  return {};
}

}  // namespace

Result<DayContent> content_of(store::Reader& reader, Day day, DayOptions const& options) {
  DayContent content;
  if (auto const done = add_results(reader, day, options, content); !done) return done.error();
  if (auto const done = add_circuits(reader, day, options, content); !done) return done.error();
  std::erase_if(content.sources, [](auto const& entry) { return entry.second.empty(); });
  return content;
}

}  // namespace perfd::publish
