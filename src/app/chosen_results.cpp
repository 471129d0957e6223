#include "app/chosen_results.h"

#include <cstdio>
#include <utility>

#include "formats/jsonl.h"

namespace perfd::app {
namespace {

store::Brief brief_of(store::Row const& row, model::Measurement const& m) {
  store::Brief out;
  out.seq = row.seq;
  out.id = m.id;
  out.source = m.source;
  out.experiment = m.experiment;
  out.kind = m.kind;
  out.target = m.target;
  out.arm = m.arm;
  out.instance = m.tor.instance;
  out.outcome = model::name(m.outcome.code);
  out.at = m.started_at == WallTime{} ? m.scheduled_at : m.started_at;
  out.filesize = m.filesize;
  out.ttfb = m.marks.between(model::mark::kStart, model::mark::kDataResponse);
  out.ttlb = m.marks.between(model::mark::kStart, model::mark::kDataComplete);
  return out;
}

}  // namespace

store::Filter to_store_filter(model::Selection const& selection) {
  store::Filter out;
  out.since = selection.since;
  out.until = selection.until;
  out.experiments = selection.experiments;
  out.sources = selection.sources;
  out.targets = selection.targets;
  out.arms = selection.arms;
  out.kinds = selection.kinds;
  out.outcomes = selection.outcomes;
  return out;
}

bool record_is_selected(model::Selection const& selection, std::string const& record) {
  if (!selection.needs_record()) return true;
  auto const measurement = formats::from_json_line(record);
  return measurement && model::selects(selection, *measurement);
}

ChosenResults::ChosenResults(store::Reader& reader, model::Selection selection)
    : reader_(reader), selection_(std::move(selection)), filter_(to_store_filter(selection_)) {}

Result<void> ChosenResults::keep_newest(std::size_t count) {
  auto backwards = filter_;
  backwards.newest_first = true;
  std::int64_t oldest = 0;
  std::size_t seen = 0;
  auto const note = [&](std::int64_t seq) {
    oldest = seq;
    return ++seen < count;
  };
  auto const unreadable = unreadable_;
  auto const done =
      selection_.needs_record()
          ? walk(backwards, [&](store::Row const& row, auto const&) { return note(row.seq); })
          : reader_.for_each_brief(backwards, [&](auto const& brief) { return note(brief.seq); });
  unreadable_ = unreadable;  // the way forward meets them again
  if (!done) return done.error();
  if (oldest > 0) filter_.after_seq = oldest - 1;
  return {};
}

void ChosenResults::keep_between(store::SeqRange const& range) {
  filter_.after_seq = range.first - 1;
  filter_.before_seq = range.last + 1;
}

void ChosenResults::tell_unreadable(std::int64_t seq, Error const& why) {
  std::fprintf(stderr, "perfd: result %lld can't be read: %s\n", static_cast<long long>(seq),
               why.message.c_str());
  ++unreadable_;
}

Result<std::size_t> ChosenResults::walk(store::Filter const& filter, Parsed const& each) {
  std::size_t count = 0;
  auto const done = reader_.for_each(filter, [&](store::Row const& row) {
    auto const measurement = formats::from_json_line(row.record);
    if (!measurement) {
      tell_unreadable(row.seq, measurement.error());
      return true;
    }
    if (selection_.needs_record() && !model::selects(selection_, *measurement)) return true;
    ++count;
    return each(row, *measurement);
  });
  if (!done) return done.error();
  return count;
}

Result<std::size_t> ChosenResults::for_each(
    std::function<bool(model::Measurement const&)> const& each) {
  return walk(filter_, [&](auto const&, auto const& measurement) { return each(measurement); });
}

Result<std::size_t> ChosenResults::for_each_figures(
    std::function<bool(model::Measurement const&)> const& each) {
  if (selection_.needs_record()) return for_each(each);
  return reader_.for_each_figures(
      filter_, each, [this](std::int64_t seq, Error const& why) { tell_unreadable(seq, why); });
}

Result<std::size_t> ChosenResults::for_each_newest_first(
    std::function<bool(model::Measurement const&)> const& each) {
  auto backwards = filter_;
  backwards.newest_first = true;
  return walk(backwards, [&](auto const&, auto const& measurement) { return each(measurement); });
}

Result<std::size_t> ChosenResults::for_each_line(
    std::function<bool(std::string const&)> const& each) {
  if (selection_.needs_record())
    return walk(filter_, [&](store::Row const& row, auto const&) { return each(row.record); });
  return reader_.for_each(filter_, [&](store::Row const& row) { return each(row.record); });
}

Result<std::size_t> ChosenResults::for_each_brief(
    std::function<bool(store::Brief const&)> const& each) {
  if (selection_.needs_record())
    return walk(filter_,
                [&](store::Row const& row, auto const& m) { return each(brief_of(row, m)); });
  return reader_.for_each_brief(filter_, each);
}

}  // namespace perfd::app
