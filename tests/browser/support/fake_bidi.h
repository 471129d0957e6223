// A WebDriver BiDi server for tests: WebSocket frames by hand (RFC 6455), so that it can also send
// what no library would.
// Thread: the loop's.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "net/support/peer.h"
#include "net/support/unix_place.h"

namespace perfd::browser::test {

// One connection, after the handshake.
class FakeSession {
 public:
  explicit FakeSession(runtime::StreamSocket& socket) : socket_(socket) {}
  // The text of the next message; empty at the end.
  runtime::Task<std::string> receive();
  runtime::Task<> send(std::string text);
  runtime::Task<> send_bytes(std::string bytes) { return net::test::send_text(socket_, bytes); }
  runtime::Task<> drain() { return net::test::drain(socket_); }

 private:
  runtime::StreamSocket& socket_;
};

// The frame of a text message.
[[nodiscard]] std::string text_frame(std::string_view text);

class FakeBidi {
 public:
  using Script = std::function<runtime::Task<>(FakeSession)>;
  FakeBidi(runtime::Loop& loop, runtime::Address const& where, Script script);
  [[nodiscard]] runtime::Address address() const { return peer_.address(); }
  [[nodiscard]] std::string const& request() const { return request_; }  // the handshake's

 private:
  runtime::Task<> serve(runtime::StreamSocket client);

  Script script_;
  std::string request_;
  net::test::Peer peer_;
};

}  // namespace perfd::browser::test
