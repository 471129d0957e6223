// A connected socket that keeps account for a TransferTrace: bytes both ways, and the
// arrival of every byte. Internal to net.
//
// All sockets of a thread read into one buffer, which therefore stays in the processor's
// cache; what is read is used up, or kept with unread(), before the task waits again.
// Thread: the loop's. Ownership: refers to the trace.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "net/arrival_clock.h"
#include "net/transfer.h"
#include "runtime/socket.h"

namespace perfd::net {

class MeasuredSocket {
 public:
  // Creates and connects, and sets SOCKET, CONNECT and the local endpoint.
  static runtime::Task<Result<MeasuredSocket>> connect(runtime::Loop& loop, runtime::Address peer,
                                                       TransferTrace& trace);

  // One that was accepted; `begun`: before anything can have arrived.
  static MeasuredSocket accepted(runtime::StreamSocket socket, MonoTime begun,
                                 TransferTrace& trace);

  // Writes all of `bytes`, or with `until_input` until it would have to wait and there is something
  // to read, the other side's end included. Returns how many it wrote and when the calls for the
  // first and the last byte lasted.
  struct Call {
    MonoTime begun, ended;
    [[nodiscard]] model::Mark mark(runtime::TraceClock const& clock) const;
  };
  struct Written {
    std::size_t bytes = 0;
    Call first, last;
  };
  runtime::Task<Result<Written>> write(std::span<const std::byte> bytes, bool until_input = false);

  // Reads without waiting; chunk() has what came.
  Result<runtime::Received::Status> read_now();
  // After would_block: until there is something to read.
  runtime::Task<> wait();
  // Both in one: false at the orderly end of the stream.
  runtime::Task<Result<bool>> read();

  // Lets the other side go on at once where it waits for an acknowledgement of what was read.
  void acknowledge_now() { (void)socket_.acknowledge_now(); }

  // No more will be written; what was is still delivered.
  void shutdown_send() { socket_.shutdown_send(); }
  // Makes close() send a reset instead of an orderly end.
  void reset_on_close() { socket_.reset_on_close(); }
  // Whoever waits for it is woken with an error, as by a cancellation.
  void close() { socket_.close(); }

  // Whether a read would bring something now.
  [[nodiscard]] bool has_input();

  // What the last read brought; valid until the task waits.
  [[nodiscard]] std::span<const std::byte> chunk() const { return chunk_; }
  // The next read() gives the last `count` bytes of the chunk again, with their arrival.
  void unread(std::size_t count);

  // When the bytes of the last read arrived.
  [[nodiscard]] ArrivalClock::Judgement judge();
  // Of a byte in the last read; `is_last` if it is the very last one.
  [[nodiscard]] model::Mark arrival(bool is_last);

 private:
  MeasuredSocket(runtime::StreamSocket socket, MonoTime begun, TransferTrace& trace)
      : socket_(std::move(socket)), arrivals_(begun), trace_(&trace) {}

  runtime::StreamSocket socket_;
  ArrivalClock arrivals_;
  TransferTrace* trace_;
  std::span<const std::byte> chunk_;
  std::vector<std::byte> kept_;  // unread bytes, across a wait
  bool has_kept_ = false;
  bool drained_ = true;                               // nothing can have come yet
  std::optional<ArrivalClock::Judgement> judgement_;  // of the last read, asked for once
};

}  // namespace perfd::net
