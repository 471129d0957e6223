#include "net/arrival_clock.h"

#include <algorithm>

namespace perfd::net {

model::Mark Arrival::mark(runtime::TraceClock const& clock) const {
  auto const late = clock.wall(at);
  return {late, source, late - clock.wall(earliest)};
}

void ArrivalClock::note(std::optional<runtime::SegmentCount> const& count) {
  if (!count || count->bytes == counted_bytes_) return;
  counted_bytes_ = count->bytes;
  busy_before_count_ = busy_until_;
  counted_at_ = count->read_at;
}

void ArrivalClock::waiting(std::optional<runtime::SegmentCount> count) {
  note(count);
  // Counts that run ahead of what was read are of no use: then the last ones stand, which
  // can only make a read look as if it had more segments.
  if (count && count->bytes == bytes_) segments_before_ = count->segments;
}

void ArrivalClock::received(runtime::Received const& read) {
  // The same stamp read twice may differ by the tie of the clocks (runtime/clock_tie.h).
  constexpr Nanos kSame{1000};
  bool const believable = last_.stamp && *last_.stamp >= earliest_ && *last_.stamp <= last_.read_at;
  if (believable && read.stamp && *read.stamp - *last_.stamp > kSame) stamp_before_ = *last_.stamp;
  last_ = read;
  bytes_ += read.bytes;
  busy_before_last_ = busy_until_;
  busy_until_ = read.read_at;
  earliest_ = next_earliest_;
  // What is left of a merged segment may be older than its stamp: only a read that emptied
  // the queue moves the bound. A segment is stamped a little before it is in the queue, so
  // one that the queue did not show at `called_at` may carry an older stamp than that, but
  // none older than that of the segment before it.
  if (!read.drained) return;
  next_earliest_ = read.called_at;
  if (read.stamp && *read.stamp >= earliest_)
    next_earliest_ = std::min(next_earliest_, *read.stamp);
}

ArrivalClock::Judgement ArrivalClock::judge(std::optional<runtime::SegmentCount> count) {
  note(count);
  auto const& stamp = last_.stamp;
  // A segment that came before its turn keeps its stamp, but its bytes count as arrived
  // when the gap before them was filled. After the first such one no stamp can be trusted.
  bool const in_order = count && count->out_of_order == 0;
  if (!in_order || !stamp || *stamp < earliest_ || *stamp > last_.read_at) {
    // A count may have shown the bytes before they were read.
    bool const counted = counted_at_ && counted_bytes_ >= bytes_;
    auto const latest = counted ? std::min(last_.read_at, *counted_at_) : last_.read_at;
    Arrival const seen{earliest_, latest, model::MarkSource::clock};
    return {seen, seen};
  }
  Arrival const exact{*stamp, *stamp, model::MarkSource::kernel};
  Arrival const within{earliest_, *stamp, model::MarkSource::kernel};
  // Nothing came behind what was read, not even the connection's end, which would have
  // been merged and have moved the stamp: it is the last segment's.
  bool const nothing_behind = count->bytes == bytes_;
  if (!nothing_behind) return {within, within};
  // While a call holds the socket, segments wait in its backlog, where a bare acknowledgement
  // is merged with the data before it, stamp and all. So a stamp is exact if it is younger than
  // all calls that its segment can have been merged in: those before it was counted, or before
  // the read that brought it (one that does not wait brings nothing out of its own backlog).
  // Else the last byte still came after whatever bears an older stamp.
  auto const last_call = std::min(busy_before_last_, busy_before_count_);
  if (*stamp <= last_call)
    return {{std::max(earliest_, stamp_before_), *stamp, model::MarkSource::kernel}, within};
  bool const single = count->segments - segments_before_ == 1;
  return single ? Judgement{exact, exact} : Judgement{exact, within};
}

}  // namespace perfd::net
