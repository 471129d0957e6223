// Round trips over a connection to an echo server, timed by the kernel's stamp of the answer.
#pragma once

#include <algorithm>

#include "testnet/real/world.h"

namespace perfd::testnet {

// Sends back what comes, at once.
class EchoServer {
 public:
  explicit EchoServer(runtime::Loop& loop) : peer_(loop, echo) {}
  [[nodiscard]] runtime::Address address() const { return peer_.address(); }
  [[nodiscard]] std::uint16_t port() const { return address().port(); }

 private:
  static runtime::Task<> echo(runtime::StreamSocket socket) {
    (void)socket.set_no_delay();
    std::array<std::byte, 65536> buffer;
    for (;;) {
      auto const received = co_await socket.receive(buffer);
      if (!received || received->status == runtime::Received::Status::end) co_return;
      auto const sent = co_await socket.send_all(std::span(buffer).first(received->bytes));
      if (!sent) co_return;
    }
  }

  net::test::Peer peer_;
};

// Between two round trips. tor's usual scheduler sends at intervals, so that a byte that follows
// another at once waits for its turn, at each hop: a wait that would depend on the round trip.
inline constexpr auto kPause = std::chrono::milliseconds{25};

// What one byte takes there and back. REQUIRES: receive stamps and no delay are set.
inline runtime::Task<Result<Micros>> round_trip(runtime::StreamSocket& socket) {
  std::array<std::byte, 16> buffer{};
  auto const sent_at = runtime::mono_now();
  auto const sent = socket.send_now(std::span(buffer).first(1));
  if (!sent) co_return sent.error();
  auto const received = co_await socket.receive(buffer);
  if (!received) co_return received.error();
  if (received->bytes != 1) co_return Error{"not the byte that was sent"};
  co_return floor_us(received->stamp.value_or(received->read_at) - sent_at);
}

// Streams for round trips: directly, and through SOCKS.
inline runtime::Task<Result<runtime::StreamSocket>> echo_stream(runtime::Loop& loop,
                                                                runtime::Address peer) {
  auto socket = runtime::StreamSocket::create(loop, peer);
  if (!socket) co_return socket.error();
  if (auto ok = socket->enable_receive_stamps(); !ok) co_return ok.error();
  if (auto ok = co_await socket->connect(peer); !ok) co_return ok.error();
  if (auto ok = socket->set_no_delay(); !ok) co_return ok.error();
  co_return success(std::move(*socket));
}
inline runtime::Task<Result<runtime::StreamSocket>> echo_stream_through(runtime::Loop& loop,
                                                                        runtime::Address socks,
                                                                        std::uint16_t port) {
  auto socket = co_await connect_through(loop, socks, "127.0.0.1", port, "echo");
  if (!socket) co_return socket.error();
  if (auto ok = socket->enable_receive_stamps(); !ok) co_return ok.error();
  if (auto ok = socket->set_no_delay(); !ok) co_return ok.error();
  co_return success(std::move(*socket));
}

}  // namespace perfd::testnet
