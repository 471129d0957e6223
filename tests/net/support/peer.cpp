#include "net/support/peer.h"

namespace perfd::net::test {
namespace {

runtime::BoundListener bound_to(runtime::Address const& where) {
  return std::move(runtime::BoundListener::bind(where).value());
}

}  // namespace

runtime::Address any_port() { return runtime::Address::numeric("127.0.0.1", 0).value(); }

Peer::Peer(runtime::Loop& loop, Script script, runtime::Address const& where)
    : loop_(loop), script_(std::move(script)), listener_(loop, bound_to(where)), group_(loop) {
  group_.spawn("accept", accept());
}

Peer::~Peer() { loop_.run_until_done(group_.stop()); }

runtime::Task<> Peer::accept() {
  for (;;) {
    auto accepted = co_await listener_.accept();
    if (!accepted) co_return;
    ++connections_;
    group_.spawn("script", script_(std::move(accepted->socket)));
  }
}

runtime::Task<std::string> read_until(runtime::StreamSocket& socket, std::string end) {
  std::string text;
  char byte = 0;
  while (!text.ends_with(end)) {
    auto const n = co_await socket.read_some(std::as_writable_bytes(std::span(&byte, 1)));
    if (!n || *n == 0) break;
    text += byte;
  }
  co_return text;
}

runtime::Task<> drain(runtime::StreamSocket& socket) {
  std::vector<std::byte> buffer(64 * 1024);
  for (;;) {
    auto const n = co_await socket.read_some(buffer);
    if (!n || *n == 0) co_return;
  }
}

runtime::Task<> send_text(runtime::StreamSocket& socket, std::string text) {
  (void)co_await socket.send_all(std::as_bytes(std::span(text)));
}

}  // namespace perfd::net::test
