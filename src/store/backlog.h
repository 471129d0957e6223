// What waits to be written: bounded, counted, in the order in which it came.
//
// Measurements wait apart from events, so that a flood of events never stands in a
// measurement's way. No thread and no lock here: the Store guards it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "store/writer.h"

namespace perfd::store {

using Callback = std::function<void(Result<void>)>;

struct UrgentItem {
  Urgent what;
  Callback committed;  // called once, then empty: a retried item has been reported
};

class Backlog {
 public:
  explicit Backlog(Options const& options) : options_(options) {}

  // False if it is full; the item is then left untouched.
  [[nodiscard]] bool add(UrgentItem& item);
  [[nodiscard]] bool add(Event event);

  [[nodiscard]] std::deque<UrgentItem> take_urgent(std::size_t most);
  void put_back(std::deque<UrgentItem> items);
  [[nodiscard]] std::vector<Event> take_events(std::size_t most);
  void put_back(std::vector<Event> events);
  // What was taken is on disk, or refused, and counts no more.
  void settled(std::deque<UrgentItem> const& items);
  void settled(std::vector<Event> const& events);

  [[nodiscard]] bool has_urgent() const { return !urgent_.empty(); }
  [[nodiscard]] std::size_t waiting_events() const { return events_.size(); }
  // Including what was taken and is not settled.
  [[nodiscard]] std::size_t measurements() const { return measurements_; }
  [[nodiscard]] std::size_t events() const { return raw_ + lasting_; }

 private:
  Options const& options_;
  std::deque<UrgentItem> urgent_;
  std::deque<Event> events_;
  std::size_t measurements_ = 0;
  std::size_t raw_ = 0;      // raw events: what is lost first
  std::size_t lasting_ = 0;  // circuits, streams and guards
  std::int64_t raw_bytes_ = 0;
};

}  // namespace perfd::store
