// The tor end of a control connection, driven by a test's script over a socket pair.
#pragma once

#include <boost/asio/post.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "runtime/clock.h"
#include "runtime/loop.h"
#include "runtime/socket.h"

namespace perfd::test {

class FakeTor {
 public:
  explicit FakeTor(runtime::Loop& loop) : FakeTor(loop, runtime::socket_pair(loop).value()) {}

  // For the client, once.
  runtime::StreamSocket take_client() { return std::move(*client_); }

  // The next command without its line end; "" at the end of the connection.
  runtime::Task<std::string> command() {
    for (;;) {
      if (auto const end = received_.find("\r\n"); end != std::string::npos) {
        auto line = received_.substr(0, end);
        received_.erase(0, end + 2);
        co_return line;
      }
      std::array<std::byte, 4096> chunk;
      auto const got = co_await socket_.receive(chunk);
      if (!got || got->status != runtime::Received::Status::data) co_return "";
      received_.append(reinterpret_cast<char const*>(chunk.data()), got->bytes);
    }
  }

  runtime::Task<> expect(std::string wanted) {
    auto const got = co_await command();
    if (got != wanted) throw std::runtime_error("tor got '" + got + "', not '" + wanted + "'");
  }

  runtime::Task<> say(std::string text) {
    (void)co_await socket_.send_all(std::as_bytes(std::span(text)));
  }

  // Byte by byte, the client awake after each.
  runtime::Task<> say_slowly(std::string text) {
    for (char const c : text) {
      (void)co_await socket_.send_all(std::as_bytes(std::span(&c, 1)));
      for (int i = 0; i < 3; ++i)
        co_await boost::asio::post(loop_.executor(),
                                   boost::asio::use_awaitable_t<runtime::Executor>{});
    }
  }

  runtime::Task<> answer(std::string wanted, std::string text) {
    co_await expect(std::move(wanted));
    co_await say(std::move(text));
  }

  void close() { socket_.close(); }
  runtime::StreamSocket& socket() { return socket_; }

 private:
  FakeTor(runtime::Loop& loop, std::pair<runtime::StreamSocket, runtime::StreamSocket> pair)
      : loop_(loop), socket_(std::move(pair.first)), client_(std::move(pair.second)) {}

  runtime::Loop& loop_;
  runtime::StreamSocket socket_;
  std::optional<runtime::StreamSocket> client_;
  std::string received_;
};

}  // namespace perfd::test
