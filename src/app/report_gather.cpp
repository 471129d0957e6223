#include "app/report_gather.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "app/chosen_results.h"
#include "app/cli.h"
#include "app/data_folder.h"
#include "store/reader.h"

namespace perfd::app {
namespace {

report::Kept kept_for(ReportOptions const& options) {
  return options.to_files() || options.json ? report::Kept::all : report::Kept::numbers;
}

Result<std::size_t> gather(store::Reader& reader, model::Selection const& selection,
                           std::optional<store::SeqRange> part, Gathered& gathered) {
  ChosenResults chosen(reader, selection);
  if (part) chosen.keep_between(*part);
  auto const add = [&](model::Measurement const& measurement) {
    gathered.add(measurement);
    return true;
  };
  auto const count = gathered.has_sides() ? chosen.for_each(add) : chosen.for_each_figures(add);
  if (!count) return Error{count.error().message};
  return chosen.unreadable();
}

// Of equal lengths, in order. One where a thread would cost more than it saves.
std::vector<store::SeqRange> parts_of(store::SeqRange all) {
  constexpr std::int64_t kEnoughForOne = 50'000;
  constexpr std::int64_t kMostThreads = 4;  // the disk, and the memory of each, are shared
  auto const rows = all.last - all.first + 1;
  auto const processors = static_cast<std::int64_t>(std::thread::hardware_concurrency());
  auto const count = std::clamp<std::int64_t>(
      rows / kEnoughForOne, 1, std::clamp<std::int64_t>(processors, 1, kMostThreads));
  std::vector<store::SeqRange> parts;
  for (std::int64_t i = 0; i < count; ++i)
    parts.push_back({all.first + rows * i / count, all.first + rows * (i + 1) / count - 1});
  return parts;
}

// A stretch of the results, read by a thread of its own.
struct Part {
  store::SeqRange range;
  Gathered gathered;
  Result<std::size_t> unreadable = std::size_t{0};
};

void gather_part(std::filesystem::path const& store, model::Selection const& selection,
                 Part& part) {
  auto reader = store::Reader::open(store);
  if (!reader) {
    part.unreadable = Error{reader.error().message};
    return;
  }
  part.unreadable = gather(*reader, selection, part.range, part.gathered);
  part.gathered.settle();
}

Result<std::size_t> gather_parts(std::filesystem::path const& store,
                                 model::Selection const& selection,
                                 std::vector<store::SeqRange> const& ranges, Gathered& gathered) {
  std::vector<Part> parts;
  auto const all = static_cast<std::size_t>(ranges.back().last - ranges.front().first + 1);
  for (auto const& range : ranges) parts.push_back({range, gathered.another()});
  // The first one takes in all others.
  for (auto& part : parts) part.gathered.expect(all);
  std::vector<std::future<void>> reading;
  for (auto& part : parts)
    reading.push_back(std::async(
        std::launch::async, [&store, &selection, &part] { gather_part(store, selection, part); }));
  // An exception of one, such as for want of memory, becomes this thread's.
  for (auto& one : reading) one.get();
  std::size_t unreadable = 0;
  for (auto& part : parts) {
    if (!part.unreadable) return part.unreadable.error();
    unreadable += *part.unreadable;
    if (&part != &parts.front()) parts.front().gathered.merge(std::move(part.gathered));
  }
  gathered = std::move(parts.front().gathered);
  return unreadable;
}

Result<std::size_t> gather_all(std::filesystem::path const& store,
                               model::Selection const& selection, Gathered& gathered) {
  auto reader = store::Reader::open(store);
  if (!reader) return Error{reader.error().message};
  if (gathered.has_sides()) return gather(*reader, selection, std::nullopt, gathered);
  auto const range = reader->range_of(to_store_filter(selection));
  if (!range) return Error{range.error().message};
  if (!*range) return std::size_t{0};
  auto const parts = parts_of(**range);
  return parts.size() == 1 ? gather(*reader, selection, std::nullopt, gathered)
                           : gather_parts(store, selection, parts, gathered);
}

}  // namespace

Gathered::Gathered(ReportOptions const& options, std::optional<report::Sides> sides)
    : options_(&options),
      groups_(options.compare || options.to_files() ? report::Gathered::samples
                                                    : report::Gathered::names),
      collection_(kept_for(options)),
      sides_(std::move(sides)) {}

void Gathered::add(model::Measurement const& measurement) {
  any_ = true;
  if (sides_) sides_->add(measurement);
  if (options_->to_files() || !options_->compare) collection_.add(measurement);
  if (needs_group(measurement)) groups_.add(measurement);
}

void Gathered::merge(Gathered later) {
  any_ = any_ || later.any_;
  collection_.merge(std::move(later.collection_));
  groups_.merge(std::move(later.groups_));
}

// The page compares arms, and named experiments; of the arms it also wants the order.
bool Gathered::needs_group(model::Measurement const& measurement) const {
  if (!options_->to_files()) return !sides_;
  if (options_->html.empty()) return false;
  return !measurement.arm.empty() || (!sides_ && !options_->names.empty());
}

Result<report::Groups::Pairs> Gathered::to_compare() const {
  if (!sides_) return groups_.to_compare(options_->names);
  for (auto const& sentence : sides_->one_sided())
    std::fprintf(stderr, "perfd: %s\n", sentence.c_str());
  return sides_->to_compare();
}

Result<std::size_t> gather_from_store(ReportOptions const& options,
                                      model::Selection const& selection, Gathered& gathered) {
  auto const data = choose_data(options.data, options.config);
  if (!data) return wrong_usage(data.error().message);
  auto const unreadable = gather_all(data->store, selection, gathered);
  if (unreadable && gathered.empty())
    std::fprintf(stderr, "perfd: no results that match in %s\n", data->store.c_str());
  return unreadable;
}

}  // namespace perfd::app
