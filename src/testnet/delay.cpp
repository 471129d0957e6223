#include "testnet/delay.h"

#include <algorithm>
#include <deque>
#include <vector>

#include "runtime/clock.h"
#include "testnet/together.h"

namespace perfd::testnet {
namespace {

using runtime::mono_now;
using runtime::StreamSocket;
using runtime::Task;

constexpr std::size_t kChunk = 16 * 1024;
constexpr std::size_t kMostHeld = std::size_t{8} << 20;
constexpr auto kAfterError = std::chrono::milliseconds{100};

// One direction of one connection: what came, and when it may go on.
struct Pipe {
  Pipe(runtime::Loop& loop, StreamSocket& f, StreamSocket& t)
      : from(f), to(t), changed(loop.context()) {}

  struct Piece {
    MonoTime due;
    std::vector<std::byte> bytes;  // none: the end
  };
  StreamSocket& from;
  StreamSocket& to;
  std::deque<Piece> held;
  std::size_t held_bytes = 0;
  bool broken = false;  // nobody takes bytes any more
  runtime::Event changed;
};

// When the last byte of it came: by the kernel's stamp, so that a loop that was busy adds nothing.
MonoTime arrival(runtime::Received const& received) {
  return std::min(received.stamp.value_or(received.read_at), received.read_at);
}

// What came before `earliest` counts as come then.
Task<Result<>> fill(Pipe& pipe, Micros delay, MonoTime earliest) {
  std::array<std::byte, kChunk> buffer;
  for (;;) {
    while (pipe.held_bytes >= kMostHeld && !pipe.broken) {
      pipe.changed.reset();
      co_await pipe.changed.wait();
    }
    auto const received = co_await pipe.from.receive(buffer);
    // A sender that holds a second small write back until the first is acknowledged (Nagle's
    // algorithm) must not wait for an acknowledgement of ours that the kernel delays.
    (void)pipe.from.acknowledge_now();
    bool const data = received && received->status == runtime::Received::Status::data;
    auto const came = received ? arrival(*received) : mono_now();
    Pipe::Piece piece{std::max(came, earliest) + delay, {}};
    if (data)
      piece.bytes.assign(buffer.begin(),
                         buffer.begin() + static_cast<std::ptrdiff_t>(received->bytes));
    pipe.held_bytes += piece.bytes.size();
    pipe.held.push_back(std::move(piece));
    pipe.changed.set();
    if (!data || pipe.broken) co_return Result<>{};
  }
}

Task<Result<>> drain(Pipe& pipe) {
  for (;;) {
    while (pipe.held.empty()) {
      pipe.changed.reset();
      co_await pipe.changed.wait();
    }
    auto const piece = std::move(pipe.held.front());
    pipe.held.pop_front();
    co_await runtime::sleep_until(piece.due);
    if (piece.bytes.empty()) {
      pipe.to.shutdown_send();
      co_return Result<>{};
    }
    auto const sent = co_await pipe.to.send_all(piece.bytes);
    pipe.held_bytes -= piece.bytes.size();
    if (!sent) {
      // The writer's side is gone: let the reader's side see it.
      pipe.broken = true;
      pipe.from.close();
    }
    pipe.changed.set();
    if (!sent) co_return Result<>{};
  }
}

}  // namespace

Result<std::unique_ptr<DelayForwarder>> DelayForwarder::start(runtime::Loop& loop,
                                                              Endpoint const& outer,
                                                              Endpoint const& inner, Micros delay) {
  auto const from = runtime::Address::numeric(outer.address, outer.port);
  if (!from) return from.error();
  auto const to = runtime::Address::numeric(inner.address, inner.port);
  if (!to) return to.error();
  auto bound = runtime::BoundListener::bind(*from);
  if (!bound) return bound.error();
  auto out = std::make_unique<DelayForwarder>(loop, runtime::Listener(loop, std::move(*bound)), *to,
                                              delay);
  out->tasks_.spawn("delay " + outer.text(), out->accept());
  return out;
}

DelayForwarder::DelayForwarder(runtime::Loop& loop, runtime::Listener listener,
                               runtime::Address inner, Micros delay)
    : loop_(loop), listener_(std::move(listener)), inner_(inner), delay_(delay), tasks_(loop) {}

runtime::Task<> DelayForwarder::stop() { co_await tasks_.stop(); }

runtime::Task<> DelayForwarder::accept() {
  for (;;) {
    auto accepted = co_await listener_.accept();
    if (accepted)
      tasks_.spawn("delayed connection",
                   forward(std::move(accepted->socket), accepted->accepted_at));
    else
      co_await runtime::sleep_for(kAfterError);  // no descriptors left: some will be free
  }
}

runtime::Task<> DelayForwarder::forward(StreamSocket near, MonoTime accepted_at) {
  (void)near.enable_receive_stamps();
  auto far = StreamSocket::create(loop_, inner_);
  if (!far) co_return;
  (void)far->enable_receive_stamps();
  // A handshake's way there. Its way back comes before the first byte, too, though who connects
  // here does not wait for it.
  co_await runtime::sleep_until(accepted_at + delay_);
  if (!co_await far->connect(inner_)) co_return;
  (void)near.set_no_delay();
  (void)far->set_no_delay();
  Pipe out(loop_, near, *far);
  Pipe back(loop_, *far, near);
  std::vector<Task<Result<>>> pumps;
  pumps.push_back(fill(out, delay_, accepted_at + 2 * delay_));
  pumps.push_back(drain(out));
  pumps.push_back(fill(back, delay_, accepted_at));
  pumps.push_back(drain(back));
  (void)co_await together(std::move(pumps));
}

}  // namespace perfd::testnet
