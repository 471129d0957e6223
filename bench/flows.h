// When which byte of a connection arrived, by the sequence numbers of captured segments.
//
// A byte has arrived once it and all bytes before it have: what comes before its turn can't
// be read. A segment that was sent again may have been dropped the first time, after it was
// captured, so its connection is marked.
// Thread: none of its own; values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace perfd::bench {

struct Segment {
  std::uint16_t port = 0;  // the receiver's
  std::int64_t arrived_ns = 0;
  std::uint32_t sequence = 0;
  std::uint32_t length = 0;  // payload bytes
  bool opens = false;        // SYN
  std::string_view beginning;
};

// One direction of one connection.
class Flow {
 public:
  Flow(std::uint32_t initial_sequence, std::int64_t opened_ns)
      : first_sequence_(initial_sequence + 1), opened_ns_(opened_ns) {}

  void add(Segment const& segment);

  [[nodiscard]] bool opened_by(Segment const& syn) const {
    return syn.sequence + 1 == first_sequence_;
  }
  [[nodiscard]] std::int64_t opened_ns() const { return opened_ns_; }
  // Arrival of the byte at that place in the stream; nullopt if the capture has a gap before.
  [[nodiscard]] std::optional<std::int64_t> arrival_ns(std::uint64_t place) const;
  // Length of the HTTP response's head; nullopt if the capture has no end of it.
  [[nodiscard]] std::optional<std::uint64_t> head_length() const;
  [[nodiscard]] bool repeated() const { return repeated_; }    // segments came again
  [[nodiscard]] bool reordered() const { return reordered_; }  // segments came before their turn

 private:
  struct Step {
    std::uint64_t end;  // all bytes before it have arrived
    std::int64_t at_ns;
  };
  std::uint32_t first_sequence_;
  std::int64_t opened_ns_;
  std::string head_;
  std::vector<Step> steps_;
  std::map<std::uint64_t, std::uint64_t> early_;  // begin and end of what came before its turn
  bool repeated_ = false;
  bool reordered_ = false;
};

class Flows {
 public:
  void add(Segment const& segment);
  // The connection from that port that was opened last before `before_ns`.
  [[nodiscard]] Flow const* find(std::uint16_t port, std::int64_t before_ns) const;

 private:
  std::map<std::uint16_t, std::vector<Flow>> by_port_;
};

}  // namespace perfd::bench
