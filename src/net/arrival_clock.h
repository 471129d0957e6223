// When received bytes arrived, and how sure that is.
//
// The kernel stamps segments, but segments that wait in the receive queue are merged and
// keep the last one's stamp. This class turns what runtime::Received and the kernel's
// counts of segments tell into an interval for each byte, and never calls one exact that
// is not. The reasoning is in docs/measurement.md, "When bytes arrive".
// Thread: the loop's of the socket; values.
#pragma once

#include <cstdint>
#include <optional>

#include "model/mark.h"
#include "runtime/clock.h"
#include "runtime/socket.h"

namespace perfd::net {

// The arrival of a byte lies in [earliest, at].
struct Arrival {
  MonoTime earliest{};
  MonoTime at{};
  model::MarkSource source = model::MarkSource::clock;

  [[nodiscard]] model::Mark mark(runtime::TraceClock const& clock) const;
};

class ArrivalClock {
 public:
  // `begun`: before anything can have arrived, such as before connect().
  explicit ArrivalClock(MonoTime begun)
      : earliest_(begun), next_earliest_(begun), busy_until_(begun) {}

  // Before each wait for data, and behind it: the counts as they are now.
  void waiting(std::optional<runtime::SegmentCount> count);
  void woken(std::optional<runtime::SegmentCount> count) { note(count); }

  // A call on the socket that brought no data, such as a write, ended then. While a call holds
  // the socket, what comes is merged in other ways than in the receive queue.
  void called(MonoTime ended) { busy_until_ = ended; }

  // A read that returned data (Received::Status::data).
  void received(runtime::Received const& read);

  // Of the last read: when its last byte arrived, and its other bytes. `count` is asked of
  // the socket after that read and before the next one.
  struct Judgement {
    Arrival last;
    Arrival others;
  };
  [[nodiscard]] Judgement judge(std::optional<runtime::SegmentCount> count);

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }  // of all reads

 private:
  void note(std::optional<runtime::SegmentCount> const& count);

  runtime::Received last_{};
  MonoTime earliest_;       // no byte of the last read arrived before
  MonoTime next_earliest_;  // no byte of the next read arrives before
  // A stamp of an earlier read that belongs to other segments than the last one's.
  MonoTime stamp_before_{};
  std::uint64_t bytes_ = 0;
  std::uint32_t segments_before_ = 0;  // that had arrived when all that had was read

  MonoTime busy_until_;                 // the last call on the socket ended
  MonoTime busy_before_last_{};         // the same, before the last read
  std::uint64_t counted_bytes_ = 0;     // the latest count of bytes,
  MonoTime busy_before_count_{};        // the last call before it was seen first,
  std::optional<MonoTime> counted_at_;  // and when that was
};

}  // namespace perfd::net
