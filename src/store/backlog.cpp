#include "store/backlog.h"

#include <iterator>
#include <utility>

namespace perfd::store {
namespace {

// Roughly what a raw event takes in memory.
std::int64_t size_of(RawEvent const& event) {
  return static_cast<std::int64_t>(sizeof(Event) + event.line.capacity());
}

}  // namespace

bool Backlog::add(UrgentItem& item) {
  if (measurements_ >= options_.max_measurements) return false;
  ++measurements_;
  urgent_.push_back(std::move(item));
  return true;
}

bool Backlog::add(Event event) {
  if (auto const* raw = std::get_if<RawEvent>(&event)) {
    auto const size = size_of(*raw);
    if (raw_ >= options_.max_events || raw_bytes_ + size > options_.max_event_bytes) return false;
    ++raw_;
    raw_bytes_ += size;
  } else {
    if (lasting_ >= options_.max_events) return false;
    ++lasting_;
  }
  events_.push_back(std::move(event));
  return true;
}

std::deque<UrgentItem> Backlog::take_urgent(std::size_t most) {
  std::deque<UrgentItem> taken;
  while (!urgent_.empty() && taken.size() < most) {
    taken.push_back(std::move(urgent_.front()));
    urgent_.pop_front();
  }
  return taken;
}

void Backlog::put_back(std::deque<UrgentItem> items) {
  urgent_.insert(urgent_.begin(), std::make_move_iterator(items.begin()),
                 std::make_move_iterator(items.end()));
}

std::vector<Event> Backlog::take_events(std::size_t most) {
  std::vector<Event> taken;
  while (!events_.empty() && taken.size() < most) {
    taken.push_back(std::move(events_.front()));
    events_.pop_front();
  }
  return taken;
}

void Backlog::put_back(std::vector<Event> events) {
  events_.insert(events_.begin(), std::make_move_iterator(events.begin()),
                 std::make_move_iterator(events.end()));
}

void Backlog::settled(std::deque<UrgentItem> const& items) { measurements_ -= items.size(); }

void Backlog::settled(std::vector<Event> const& events) {
  for (auto const& event : events) {
    if (auto const* raw = std::get_if<RawEvent>(&event)) {
      --raw_;
      raw_bytes_ -= size_of(*raw);
    } else {
      --lasting_;
    }
  }
}

}  // namespace perfd::store
