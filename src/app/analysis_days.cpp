#include "app/analysis_days.h"

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "base/time_text.h"
#include "formats/onionperf_write.h"
#include "publish/output.h"

namespace perfd::app {
namespace {

constexpr std::string_view kFileName = "onionperf.analysis.json.xz";
constexpr Micros kTwoDays{std::int64_t{2} * 24 * 3600 * 1'000'000};

// All parts of a document are of one host and one tor, whose runs logs don't tell apart.
void settle(model::Circuit& circuit, std::string const& source) {
  circuit.instance = source;
  circuit.tor_run = 0;
}

}  // namespace

Result<AnalysisDays::Day*> AnalysisDays::day_of(WallTime at) {
  auto const date = format_date(at);
  if (!place_.only.empty() && date != place_.only) return static_cast<Day*>(nullptr);
  if (!place_.by_day) return &days_[""];
  if (!newest_written_.empty() && date <= newest_written_)
    return Error{"results of " + date +
                 " come after those of two days later: analyse the logs of " +
                 "one host at a time"};
  return &days_[date];
}

Result<void> AnalysisDays::write_before(WallTime at) {
  auto const before = format_date(at - kTwoDays);
  while (place_.by_day && !days_.empty() && days_.begin()->first <= before) {
    auto oldest = days_.extract(days_.begin());
    if (auto const done = write(oldest.key(), oldest.mapped()); !done) return done;
  }
  return {};
}

Result<void> AnalysisDays::add(model::Measurement m) {
  if (source_.empty()) source_ = m.source;
  if (m.source != source_)
    return Error{"the logs are of several hosts (" + printable(source_, 60) + ", " +
                 printable(m.source, 60) +
                 "), and an analysis is of one: name it by --nickname, or give the logs of one"};
  if (auto const done = write_before(m.started_at); !done) return done;
  auto const day = day_of(m.started_at);
  if (!day) return day.error();
  if (*day != nullptr) (*day)->measurements.push_back(std::move(m));
  return {};
}

Result<void> AnalysisDays::add(model::Circuit circuit) {
  auto const day = day_of(circuit.closed_at.value_or(circuit.launched_at));
  if (!day) return day.error();
  if (*day != nullptr) (*day)->circuits.push_back(std::move(circuit));
  return {};
}

Result<void> AnalysisDays::finish() {
  for (auto& [date, day] : std::exchange(days_, {}))
    if (auto const done = write(date, day); !done) return done;
  return {};
}

std::filesystem::path AnalysisDays::path_of(std::string const& date) const {
  if (!place_.file.empty()) return place_.folder / place_.file;
  auto name = std::string(kFileName);
  auto const& in_name = !date.empty() ? date : place_.date_in_name;
  return place_.folder / (in_name.empty() ? name : in_name + "." + name);
}

Result<void> AnalysisDays::write(std::string const& date, Day& day) {
  if (day.measurements.empty() && day.circuits.empty()) return {};
  newest_written_ = std::max(newest_written_, date);
  auto source = source_;
  if (source.empty()) source = day.circuits.front().instance;
  if (source.empty()) source = "unknown";
  // The same log may have been given twice.
  std::set<std::string_view> ids;
  std::erase_if(day.measurements, [&](auto const& m) { return !ids.insert(m.id).second; });
  for (auto& circuit : day.circuits) settle(circuit, source);
  for (auto& m : day.measurements)
    for (auto& circuit : m.tor.circuits) settle(circuit, source);

  formats::OnionPerfDay document;
  document.source = source;
  document.address = place_.address;
  document.measurements = day.measurements.size();
  document.measurement = [&](std::size_t i) -> Result<model::Measurement> {
    return day.measurements[i];
  };
  document.circuits = day.circuits.size();
  document.circuit = [&](std::size_t i) -> Result<formats::OnionPerfCircuit> {
    return formats::OnionPerfCircuit{day.circuits[i], false, {}, {}, false};
  };

  // Under another name first, so that nobody takes half a document for a whole one.
  auto const path = path_of(date);
  auto const unfinished = path.parent_path() / ("." + path.filename().string());
  auto out = publish::Output::open(unfinished.string(), place_.compression);
  if (!out) return out.error();
  auto const count = formats::write_onionperf(
      document, [&](std::string_view text) { return (*out)->write(text); });
  auto done = count ? (*out)->close() : Result<void>(count.error());
  std::error_code error;
  if (done) std::filesystem::rename(unfinished, path, error);
  if (done && error) done = Error{path.string() + ": " + error.message()};
  if (!done) {
    std::filesystem::remove(unfinished, error);
    return done;
  }
  written_.push_back({path, *count, day.circuits.size()});
  return {};
}

}  // namespace perfd::app
