#include "formats/tgen_progress.h"

#include <algorithm>

namespace perfd::formats {
namespace {

// The first byte count that is at least k tenths of the size, without overflow.
std::int64_t tenths_of(std::int64_t size, std::int64_t k) {
  return size / 10 * k + (size % 10 * k + 9) / 10;
}

}  // namespace

void TgenProgress::note(std::int64_t payload, std::int64_t size, WallTime at) {
  if (payload <= 0) return;
  if (first == WallTime{}) first = at;
  last = at;
  auto const set = [at](WallTime& moment) {
    if (moment == WallTime{}) moment = at;  // else it was told
  };
  // Without a size nobody knows what a tenth is.
  while (size > 0 && tenths_set_ < tenths.size() && payload >= tenths_of(size, tenths_set_ + 1))
    set(tenths[tenths_set_++]);
  while (partials_set_ < partials.size() && payload >= model::kPartialSizes[partials_set_])
    set(partials[partials_set_++]);
}

void TgenProgress::tell(WallTime at) {
  first = first == WallTime{} ? at : std::min(first, at);
  last = std::max(last, at);
}

void TgenProgress::tell_tenth(std::size_t tenth, WallTime at) {
  if (tenth > tenths.size() + 1) return;
  tell(at);
  if (tenth >= 1 && tenth <= tenths.size()) tenths[tenth - 1] = at;
}

void TgenProgress::tell_partial(std::int64_t size, WallTime at) {
  auto const known =
      std::find(std::begin(model::kPartialSizes), std::end(model::kPartialSizes), size);
  if (known == std::end(model::kPartialSizes)) return;
  tell(at);
  partials[static_cast<std::size_t>(known - std::begin(model::kPartialSizes))] = at;
}

TgenOpenTransfers::Open* TgenOpenTransfers::find(TgenLine const& line) {
  auto const same = [&](Open const& open) {
    return open.id == line.id && open.local == line.local;
  };
  if (latest_ < open_.size() && same(open_[latest_])) return &open_[latest_];
  auto const found = std::find_if(open_.begin(), open_.end(), same);
  if (found == open_.end()) return nullptr;
  latest_ = static_cast<std::size_t>(found - open_.begin());
  return &*found;
}

void TgenOpenTransfers::note(TgenLine const& status) {
  if (status.payload <= 0) return;
  auto* open = find(status);
  if (open == nullptr) {
    if (open_.size() >= kMaxOpenTransfers)
      open_.erase(std::min_element(open_.begin(), open_.end(),
                                   [](Open const& a, Open const& b) { return a.heard < b.heard; }));
    open = &open_.emplace_back(Open{std::string(status.id), std::string(status.local), 0, 0, {}});
    latest_ = open_.size() - 1;
  }
  open->size = status.size;
  open->heard = ++lines_;
  open->progress.note(status.payload, status.size, status.at);
}

void TgenOpenTransfers::note_latest(std::int64_t payload, WallTime at) {
  auto& open = open_[latest_];
  open.heard = ++lines_;
  open.progress.note(payload, open.size, at);
}

std::optional<TgenProgress> TgenOpenTransfers::take(TgenLine const& end) {
  auto* const open = find(end);
  if (open == nullptr) return std::nullopt;
  auto const progress = open->progress;
  open_.erase(open_.begin() + (open - open_.data()));
  return progress;
}

}  // namespace perfd::formats
