#include "flows.h"

#include <algorithm>

namespace perfd::bench {

void Flow::add(Segment const& segment) {
  if (segment.length == 0) return;
  auto const known = steps_.empty() ? 0 : steps_.back().end;
  // Sequence numbers wrap around; the distance to what is known does not.
  auto const distance = static_cast<std::int32_t>(segment.sequence - first_sequence_ -
                                                  static_cast<std::uint32_t>(known));
  auto const begin = static_cast<std::int64_t>(known) + distance;
  if (begin < 0) return;  // a keep-alive probe
  auto const first = static_cast<std::uint64_t>(begin);
  auto const end = first + segment.length;
  if (first < known) repeated_ = true;
  if (end <= known) return;
  if (first > known) {
    reordered_ = true;
    auto& early_end = early_[first];
    if (early_end != 0) repeated_ = true;
    early_end = std::max(early_end, end);
    return;
  }
  if (first == known && known == head_.size()) head_ += segment.beginning;
  auto reached = end;
  while (!early_.empty() && early_.begin()->first <= reached) {
    if (early_.begin()->first < reached) repeated_ = true;
    reached = std::max(reached, early_.begin()->second);
    early_.erase(early_.begin());
  }
  steps_.push_back({reached, segment.arrived_ns});
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

Flow const* Flows::find(std::uint16_t port, std::int64_t before_ns) const {
  auto const found = by_port_.find(port);
  if (found == by_port_.end()) return nullptr;
  for (auto flow = found->second.rbegin(); flow != found->second.rend(); ++flow)
    if (flow->opened_ns() < before_ns) return &*flow;
  return nullptr;
}

}  // namespace perfd::bench
