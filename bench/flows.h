// When which byte of a connection arrived, by the sequence numbers of captured segments.
//
// A byte has arrived once it and all bytes before it have: what comes before its turn can't
// be read. Of a segment that was sent again the first copy counts if the receiver said that the
// second one was needless (a duplicate SACK); else the first one may have been dropped after it
// was captured, and the connection is of no use.
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

// Sequence numbers of bytes that the receiver says came twice.
struct Repeat {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

// One direction of one connection.
class Flow {
 public:
  Flow(std::uint32_t initial_sequence, std::int64_t opened_ns)
      : first_sequence_(initial_sequence + 1), opened_ns_(opened_ns) {}

  void add(Segment const& segment);
  void add_duplicate(Repeat const& repeat);

  [[nodiscard]] bool opened_by(Segment const& syn) const {
    return syn.sequence + 1 == first_sequence_;
  }
  [[nodiscard]] std::int64_t opened_ns() const { return opened_ns_; }
  // Arrival of the byte at that place in the stream; nullopt if the capture has a gap before.
  [[nodiscard]] std::optional<std::int64_t> arrival_ns(std::uint64_t place) const;
  // Length of the HTTP response's head; nullopt if the capture has no end of it.
  [[nodiscard]] std::optional<std::uint64_t> head_length() const;
  // Segments came again, and which copy counts can't be told.
  [[nodiscard]] bool doubtful() const;
  [[nodiscard]] bool repeated() const { return !repeats_.empty(); }  // segments came again
  [[nodiscard]] bool reordered() const { return reordered_; }  // segments came before their turn

 private:
  struct Range {
    std::uint64_t begin, end;
  };
  // Sequence numbers wrap around; the distance to what is known does not.
  [[nodiscard]] std::int64_t place(std::uint32_t sequence) const;
  struct Step {
    std::uint64_t end;  // all bytes before it have arrived
    std::int64_t at_ns;
  };
  std::uint32_t first_sequence_;
  std::int64_t opened_ns_;
  std::string head_;
  std::vector<Step> steps_;
  struct Early {
    std::uint64_t end;
    std::int64_t at_ns;
  };
  std::map<std::uint64_t, Early> early_;  // by its beginning: what came before its turn
  std::vector<Range> repeats_;            // bytes that were known already
  std::vector<Range> needless_;           // bytes that the receiver says came twice
  bool reordered_ = false;
};

class Flows {
 public:
  void add(Segment const& segment);
  void add_duplicate(std::uint16_t port, Repeat const& repeat);  // `port` is the receiver's
  // The connection from that port that was opened last before `before_ns`.
  [[nodiscard]] Flow const* find(std::uint16_t port, std::int64_t before_ns) const;

 private:
  std::map<std::uint16_t, std::vector<Flow>> by_port_;
};

}  // namespace perfd::bench
