#include "flows.h"

#include <algorithm>

namespace perfd::bench {

std::int64_t Flow::place(std::uint32_t sequence) const {
  auto const known = steps_.empty() ? 0 : steps_.back().end;
  auto const distance =
      static_cast<std::int32_t>(sequence - first_sequence_ - static_cast<std::uint32_t>(known));
  return static_cast<std::int64_t>(known) + distance;
}

void Flow::add(Segment const& segment) {
  if (segment.length == 0) return;
  auto const known = steps_.empty() ? 0 : steps_.back().end;
  auto const begin = place(segment.sequence);
  if (begin < 0) return;  // a keep-alive probe
  auto const first = static_cast<std::uint64_t>(begin);
  auto const end = first + segment.length;
  if (first < known) repeats_.push_back({first, std::min(end, known)});
  if (end <= known) return;
  if (first > known) {
    reordered_ = true;
    auto const [other, fresh] = early_.try_emplace(first, Early{end, segment.arrived_ns});
    if (!fresh) {
      repeats_.push_back({first, std::min(end, other->second.end)});
      if (end > other->second.end) other->second = {end, segment.arrived_ns};
    }
    return;
  }
  if (first == known && known == head_.size()) head_ += segment.beginning;
  Step reached{end, segment.arrived_ns};
  // No byte before the last one's stamp: stamps are given in the order of sending, even if
  // another processor was quicker with a later segment.
  if (!steps_.empty()) reached.at_ns = std::max(reached.at_ns, steps_.back().at_ns);
  steps_.push_back(reached);
  while (!early_.empty() && early_.begin()->first <= reached.end) {
    auto const [early_begin, early] = *early_.begin();
    early_.erase(early_.begin());
    if (early_begin < reached.end)
      repeats_.push_back({early_begin, std::min(early.end, reached.end)});
    if (early.end <= reached.end) continue;
    reached = {early.end, std::max(reached.at_ns, early.at_ns)};
    steps_.push_back(reached);
  }
}

void Flow::add_duplicate(Repeat const& repeat) {
  auto const begin = place(repeat.begin);
  auto const end = place(repeat.end);
  if (begin >= 0 && begin < end)
    needless_.push_back({static_cast<std::uint64_t>(begin), static_cast<std::uint64_t>(end)});
}

bool Flow::doubtful() const {
  // Each repeat needs a duplicate SACK of its own.
  auto unused = needless_;
  for (auto const& repeat : repeats_) {
    auto const told = std::find_if(unused.begin(), unused.end(), [&](auto const& range) {
      return range.begin <= repeat.begin && repeat.end <= range.end;
    });
    if (told == unused.end()) return true;
    unused.erase(told);
  }
  return false;
}

std::optional<std::int64_t> Flow::arrival_ns(std::uint64_t place) const {
  auto const step = std::upper_bound(steps_.begin(), steps_.end(), place,
                                     [](auto wanted, auto const& s) { return wanted < s.end; });
  return step == steps_.end() ? std::nullopt : std::optional(step->at_ns);
}

std::optional<std::uint64_t> Flow::head_length() const {
  constexpr std::string_view kEnd = "\r\n\r\n";
  auto const end = head_.find(kEnd);
  if (end == std::string::npos) return std::nullopt;
  return end + kEnd.size();
}

void Flows::add(Segment const& segment) {
  auto& flows = by_port_[segment.port];
  if (segment.opens) {
    // A SYN that was sent again opens nothing new.
    if (!flows.empty() && flows.back().opened_by(segment)) return;
    flows.emplace_back(segment.sequence, segment.arrived_ns);
    return;
  }
  if (!flows.empty()) flows.back().add(segment);
}

void Flows::add_duplicate(std::uint16_t port, Repeat const& repeat) {
  auto const found = by_port_.find(port);
  if (found != by_port_.end() && !found->second.empty()) found->second.back().add_duplicate(repeat);
}

Flow const* Flows::find(std::uint16_t port, std::int64_t before_ns) const {
  auto const found = by_port_.find(port);
  if (found == by_port_.end()) return nullptr;
  for (auto flow = found->second.rbegin(); flow != found->second.rend(); ++flow)
    if (flow->opened_ns() < before_ns) return &*flow;
  return nullptr;
}

}  // namespace perfd::bench
