// Stream sockets (TCP and unix) that tell when bytes arrived, and listeners.
//
// A receive returns three moments, from which a caller can say of each byte when it
// arrived and how sure that is:
//   called_at   just before the system call. If the queue was found empty or was
//               drained, everything that comes later arrived after it.
//   stamp       when the kernel got the last segment of what was read; segments that
//               waited together were merged and keep only the last one's.
//   read_at     just after the system call.
// Stamps come from SO_TIMESTAMPING (Documentation/networking/timestamping.rst), are
// wall time, and are converted to the monotonic clock by an offset sampled around the read.
// Thread: the loop's, but for bind(), which needs none.
#pragma once

#include <optional>
#include <span>

#include "base/result.h"
#include "runtime/address.h"
#include "runtime/descriptor.h"

namespace perfd::runtime {

struct Received {
  enum class Status : std::uint8_t { data, end, would_block };
  Status status = Status::would_block;
  std::size_t bytes = 0;
  bool drained = false;  // nothing was left in the queue after this read
  MonoTime called_at{};
  MonoTime read_at{};
  std::optional<MonoTime> stamp;
};

// What the kernel's TCP took in since the connection began (TCP_INFO). Read under the
// socket's lock, so the two belong together. `bytes` is in order, and counts the peer's
// orderly end as one more byte.
struct SegmentCount {
  std::uint32_t segments = 0;  // that carried data
  std::uint64_t bytes = 0;
  std::uint32_t out_of_order = 0;     // segments that came before their turn
  std::optional<MonoTime> read_at{};  // just after the system call
  friend bool operator==(SegmentCount const&, SegmentCount const&) = default;
};

class StreamSocket : public Descriptor {
 public:
  using Descriptor::Descriptor;

  // A socket that is not connected yet, so that its creation and its connection are two moments.
  [[nodiscard]] static Result<StreamSocket> create(Loop& loop, Address const& peer);
  Task<Result<>> connect(Address peer);  // waits as long as the system does: use a deadline

  // Asks the kernel to stamp arriving segments; call it before they can arrive.
  Result<> enable_receive_stamps();
  Result<> set_no_delay();
  // Acknowledges what has come, and what comes in the next moments, without the usual wait of 40 ms
  // for an answer that takes the acknowledgement along (TCP_QUICKACK). Linux falls back to it, so
  // call it after each read.
  Result<> acknowledge_now();

  // Reads without waiting.
  [[nodiscard]] Result<Received> receive_now(std::span<std::byte> into);
  // Reads, waiting for data or the end; never returns would_block.
  Task<Result<Received>> receive(std::span<std::byte> into);

  // How many bytes a read would find; 0 also behind the stream's end.
  [[nodiscard]] std::size_t bytes_waiting();

  // nullopt where the kernel doesn't tell: unix sockets, or Linux before 5.4.
  [[nodiscard]] std::optional<SegmentCount> segment_count();

  // Writes without waiting: how many bytes the kernel took, 0 where it takes none now.
  // `more` says that further bytes follow at once (MSG_MORE).
  [[nodiscard]] Result<std::size_t> send_now(std::span<const std::byte> bytes, bool more = false);
  // The same for several parts at once, of which at most 8 are looked at (sendmsg).
  [[nodiscard]] Result<std::size_t> send_now(std::span<std::span<const std::byte> const> parts);
  // The same for bytes of a file or memory file, from `offset` (sendfile). Blocks SIGPIPE for the
  // calling thread, for good.
  [[nodiscard]] Result<std::size_t> send_file_now(int file, std::int64_t offset, std::size_t count);
  Task<Result<>> send_all(std::span<const std::byte> bytes);

  void shutdown_send();
  // Makes close() send a reset instead of an orderly end.
  void reset_on_close();

  [[nodiscard]] Result<Address> local_address();
};

// A bound, listening socket without a loop: made before privileges are dropped.
class BoundListener {
 public:
  // Port 0 takes any free port. A unix path that nobody serves any more is replaced, under a lock
  // on its folder; an error when another program has that for longer than `lock_limit`. Blocks
  // until then.
  [[nodiscard]] static Result<BoundListener> bind(Address const& address,
                                                  Nanos lock_limit = std::chrono::seconds{3});
  BoundListener(BoundListener&& other) noexcept;
  BoundListener& operator=(BoundListener&& other) noexcept;
  ~BoundListener();

  [[nodiscard]] Address const& address() const { return address_; }
  [[nodiscard]] int release();

 private:
  BoundListener(int fd, Address address) : fd_(fd), address_(address) {}
  int fd_ = -1;
  Address address_;
};

class Listener {
 public:
  Listener(Loop& loop, BoundListener bound);
  // The next connection, with the moments before and after the call. Errors of a single
  // connection are skipped; a lack of descriptors is an error to wait out.
  struct Accepted {
    StreamSocket socket;
    Address peer;
    MonoTime called_at;
    MonoTime accepted_at;
  };
  Task<Result<Accepted>> accept();
  [[nodiscard]] Address const& address() const { return address_; }
  void close() { descriptor_.close(); }

 private:
  Loop& loop_;
  Address address_;
  Descriptor descriptor_;
};

// Two connected unix stream sockets, for tests and for talking to children.
[[nodiscard]] Result<std::pair<StreamSocket, StreamSocket>> socket_pair(Loop& loop);

}  // namespace perfd::runtime
