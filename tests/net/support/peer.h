// A listener, on a free port of loopback unless told otherwise, that runs one coroutine for each
// connection: the base of every scripted peer in tests. Thread: the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "runtime/loop.h"
#include "runtime/socket.h"

namespace perfd::net::test {

[[nodiscard]] runtime::Address any_port();  // of 127.0.0.1

class Peer {
 public:
  using Script = std::function<runtime::Task<>(runtime::StreamSocket)>;

  Peer(runtime::Loop& loop, Script script, runtime::Address const& where = any_port());
  ~Peer();  // ends its tasks by running the loop

  [[nodiscard]] runtime::Address address() const { return listener_.address(); }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  runtime::Task<> accept();

  runtime::Loop& loop_;
  Script script_;
  runtime::Listener listener_;
  int connections_ = 0;
  runtime::TaskGroup group_;
};

// Reads until `end` was seen, or the connection's end. What was read.
runtime::Task<std::string> read_until(runtime::StreamSocket& socket, std::string end);
// Reads and drops until the connection ends.
runtime::Task<> drain(runtime::StreamSocket& socket);
runtime::Task<> send_text(runtime::StreamSocket& socket, std::string text);

}  // namespace perfd::net::test
