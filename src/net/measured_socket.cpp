#include "net/measured_socket.h"

#include <memory>

namespace perfd::net {
namespace {

constexpr std::size_t kBufferSize = 512 * 1024;
constexpr std::size_t kPage = 4096;

// Begins on a page: a large block of malloc's begins 16 bytes into one, and to there the
// kernel's copy takes two to three times as long on some processors.
struct alignas(kPage) Buffer {
  std::byte bytes[kBufferSize];
};

std::span<std::byte> shared_buffer() {
  static thread_local std::unique_ptr<Buffer> const buffer(new Buffer);
  return buffer->bytes;
}

}  // namespace

model::Mark MeasuredSocket::Call::mark(runtime::TraceClock const& clock) const {
  auto const at = clock.wall(ended);
  return {at, model::MarkSource::clock, at - clock.wall(begun)};
}

runtime::Task<Result<MeasuredSocket>> MeasuredSocket::connect(runtime::Loop& loop,
                                                              runtime::Address peer,
                                                              TransferTrace& trace) {
  auto begun = runtime::mono_now();
  auto socket = runtime::StreamSocket::create(loop, peer);
  if (!socket) co_return socket.error();
  trace.mark_done(model::mark::kSocket, begun);
  // Without stamps (a kernel that has none) all marks come from the clock, and say so.
  (void)socket->enable_receive_stamps();
  begun = runtime::mono_now();
  if (auto connected = co_await socket->connect(peer); !connected) co_return connected.error();
  trace.mark_done(model::mark::kConnect, begun);
  if (!peer.is_unix()) (void)socket->set_no_delay();
  if (auto const local = socket->local_address()) trace.local = {"", local->host(), local->port()};
  MeasuredSocket out(std::move(*socket), begun, trace);
  out.arrivals_.called(runtime::mono_now());
  co_return out;
}

MeasuredSocket MeasuredSocket::accepted(runtime::StreamSocket socket, MonoTime begun,
                                        TransferTrace& trace) {
  // What came before this has no stamp; its mark says so.
  (void)socket.enable_receive_stamps();
  (void)socket.set_no_delay();
  MeasuredSocket out(std::move(socket), begun, trace);
  out.drained_ = false;
  return out;
}

runtime::Task<Result<MeasuredSocket::Written>> MeasuredSocket::write(
    std::span<const std::byte> bytes, bool until_input) {
  Written out;
  while (!bytes.empty()) {
    auto const begun = runtime::mono_now();
    auto const sent = socket_.send_now(bytes);
    auto const ended = runtime::mono_now();
    arrivals_.called(ended);
    if (!sent) co_return sent.error();
    if (*sent == 0 && !until_input) {
      co_await socket_.writable();
      continue;
    }
    if (*sent == 0) {
      bool const readable = co_await socket_.readable_or_writable();
      if (!readable) continue;
      arrivals_.woken(socket_.segment_count());
      drained_ = false;
      break;
    }
    out.last = {begun, ended};
    if (out.bytes == 0) out.first = out.last;
    out.bytes += *sent;
    trace_->writebytes += static_cast<std::int64_t>(*sent);
    bytes = bytes.subspan(*sent);
  }
  co_return out;
}

Result<runtime::Received::Status> MeasuredSocket::read_now() {
  using Status = runtime::Received::Status;
  if (has_kept_) {
    has_kept_ = false;
    chunk_ = kept_;
    return Status::data;
  }
  chunk_ = {};
  if (drained_) return Status::would_block;
  auto const buffer = shared_buffer();
  auto const received = socket_.receive_now(buffer);
  if (!received) return received.error();
  if (received->status == Status::data) {
    arrivals_.received(*received);
    judgement_.reset();
    chunk_ = buffer.first(received->bytes);
    trace_->readbytes += static_cast<std::int64_t>(received->bytes);
    drained_ = received->drained;
  } else {
    arrivals_.called(received->read_at);
    // The end may have been merged behind the last bytes.
    if (received->status == Status::end) judgement_.reset();
  }
  return received->status;
}

runtime::Task<> MeasuredSocket::wait() {
  arrivals_.waiting(socket_.segment_count());
  co_await socket_.readable();
  arrivals_.woken(socket_.segment_count());
  drained_ = false;
}

runtime::Task<Result<bool>> MeasuredSocket::read() {
  using Status = runtime::Received::Status;
  for (;;) {
    auto const status = read_now();
    if (!status) co_return status.error();
    if (*status != Status::would_block) co_return *status == Status::data;
    co_await wait();
  }
}

bool MeasuredSocket::has_input() {
  if (has_kept_) return true;
  bool const waiting = socket_.bytes_waiting() > 0;
  arrivals_.called(runtime::mono_now());
  return waiting;
}

void MeasuredSocket::unread(std::size_t count) {
  if (count == 0) return;
  auto const rest = chunk_.last(count);
  kept_ = std::vector<std::byte>(rest.begin(), rest.end());
  has_kept_ = true;
}

ArrivalClock::Judgement MeasuredSocket::judge() {
  if (!judgement_) judgement_ = arrivals_.judge(socket_.segment_count());
  return *judgement_;
}

model::Mark MeasuredSocket::arrival(bool is_last) {
  auto const judgement = judge();
  return (is_last ? judgement.last : judgement.others).mark(trace_->clock);
}

}  // namespace perfd::net
