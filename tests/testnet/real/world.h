// What tests with real tors need: a folder, a loop, a launcher, a tiny web server behind the
// exits and a SOCKS client before the network. Each test of RealNetworkTest starts its own
// network; what can share one is a SharedNetworkTest.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "net/support/peer.h"
#include "runtime/deadline.h"
#include "runtime/files.h"
#include "runtime/launcher.h"
#include "runtime/loop.h"
#include "runtime/socket.h"
#include "testnet/network.h"
#include "testnet/real/processes.h"

namespace perfd::testnet {

// Also true of a process that has ended and that nobody has waited for.
inline bool alive(pid_t pid) { return ::kill(pid, 0) == 0; }

// Up to two seconds of real time.
inline bool goes_away(pid_t pid) {
  for (int i = 0; i < 200 && alive(pid); ++i) ::usleep(10'000);
  return !alive(pid);
}

// Answers every connection with the same page.
class WebServer {
 public:
  static constexpr std::size_t kBody = 200'000;
  explicit WebServer(runtime::Loop& loop) : peer_(loop, answer) {}
  [[nodiscard]] std::uint16_t port() const { return peer_.address().port(); }

 private:
  static runtime::Task<> answer(runtime::StreamSocket socket) {
    std::array<std::byte, 4096> request;
    (void)co_await socket.receive(request);
    std::string reply = "HTTP/1.0 200 OK\r\n\r\n" + std::string(kBody, 'x');
    co_await net::test::send_text(socket, std::move(reply));
    socket.shutdown_send();
    (void)co_await socket.receive(request);  // until the other side closes
  }

  net::test::Peer peer_;
};

// A stream through SOCKS 5 with the name resolved by the exit; the user name puts it on a circuit
// of its own.
inline runtime::Task<Result<runtime::StreamSocket>> connect_through(runtime::Loop& loop,
                                                                    runtime::Address socks,
                                                                    std::string host,
                                                                    std::uint16_t port,
                                                                    std::string user) {
  auto socket = runtime::StreamSocket::create(loop, socks);
  if (!socket) co_return socket.error();
  if (auto ok = co_await socket->connect(socks); !ok) co_return ok.error();
  auto const send = [&](std::string const& text) {
    return socket->send_now(std::as_bytes(std::span<const char>(text))).has_value();
  };
  std::array<std::byte, 65536> buffer;
  if (!send("\x05\x01\x02")) co_return Error{"send"};
  auto const method = co_await socket->receive(buffer);
  if (!method || method->bytes != 2) co_return Error{"no SOCKS method"};
  if (!send("\x01" + std::string(1, static_cast<char>(user.size())) + user + "\x01x"))
    co_return Error{"send"};
  auto const known = co_await socket->receive(buffer);
  if (!known || known->bytes != 2) co_return Error{"no SOCKS authentication"};
  std::string request("\x05\x01\x00\x03", 4);
  request += static_cast<char>(host.size());
  request += host;
  request += static_cast<char>(port >> 8);
  request += static_cast<char>(port & 255);
  if (!send(request)) co_return Error{"send"};
  auto const reply = co_await socket->receive(buffer);
  if (!reply || reply->bytes < 10) co_return Error{"no SOCKS reply"};
  if (buffer[1] != std::byte{0})
    co_return Error{"SOCKS reply " + std::to_string(std::to_integer<int>(buffer[1]))};
  co_return success(std::move(*socket));
}

// The body's size of one page fetched through SOCKS.
inline runtime::Task<Result<std::size_t>> fetch(runtime::Loop& loop, runtime::Address socks,
                                                std::string host, std::uint16_t port,
                                                std::string user = "user") {
  auto socket = co_await connect_through(loop, socks, std::move(host), port, std::move(user));
  if (!socket) co_return socket.error();
  std::string const request = "GET / HTTP/1.0\r\n\r\n";
  if (!socket->send_now(std::as_bytes(std::span<const char>(request)))) co_return Error{"send"};
  std::array<std::byte, 65536> buffer;
  std::size_t total = 0;
  for (;;) {
    auto const part = co_await socket->receive(buffer);
    if (!part) co_return part.error();
    if (part->status == runtime::Received::Status::end) break;
    total += part->bytes;
  }
  co_return total -
      std::min<std::size_t>(total, std::string_view("HTTP/1.0 200 OK\r\n\r\n").size());
}

// Loud where the machine has no tor: these tests are about nothing else.
inline std::filesystem::path find_tor() {
  auto const tor = runtime::find_program("tor");
  if (!tor) throw std::runtime_error("no tor in PATH: install Debian's package tor");
  return *tor;
}

inline NetworkSpec spec_in(std::filesystem::path const& folder) {
  NetworkSpec out;
  out.folder = folder;
  out.tor = find_tor();
  return out;
}

inline void print_progress(Progress const& progress) {
  std::printf("%6.3f s  %s\n", static_cast<double>(progress.elapsed.count()) / 1e6,
              progress.text.c_str());
}

class RealNetworkTest : public testing::Test {
 protected:
  RealNetworkTest()
      : folder_(runtime::make_temporary_folder("perfd-testnet").value()),
        launcher_(loop_, runtime::LauncherChannel::fork_now().value()),
        server_(loop_) {}
  ~RealNetworkTest() override {
    if (network_) loop_.run_until_done(network_->stop());
    loop_.run_until_done(launcher_.stop());
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }

  [[nodiscard]] NetworkSpec spec() const { return spec_in(folder_); }

  // The network, or why there is none, in `failure_`.
  bool start(NetworkSpec spec) {
    auto started =
        loop_.run_until_done(TestNetwork::start(loop_, launcher_, std::move(spec), print_progress));
    if (started)
      network_ = std::move(*started);
    else
      failure_ = started.error().message;
    return started.has_value();
  }
  void stop() {
    loop_.run_until_done(network_->stop());
    network_.reset();
  }
  [[nodiscard]] runtime::Address socks() const {
    auto const endpoint = network_->plan().nodes.back().socks();
    return runtime::Address::numeric(endpoint.address, endpoint.port).value();
  }

  // The size of the page of server_ under that name.
  Result<std::size_t> fetch_page(std::string host) {
    return loop_.run_until_done(
        runtime::with_deadline(runtime::mono_now() + std::chrono::seconds{30},
                               fetch(loop_, socks(), std::move(host), server_.port())));
  }

  std::filesystem::path folder_;
  runtime::Loop loop_;
  runtime::Launcher launcher_;
  WebServer server_;
  std::unique_ptr<TestNetwork> network_;
  std::string failure_;
};

}  // namespace perfd::testnet
