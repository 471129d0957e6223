// A tor that is attached to: it listens on a unix socket, answers what an instance asks, and
// stops, hangs, takes its time or comes back as a test wants. Works in virtual time.
#pragma once

#include <filesystem>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "runtime/files.h"
#include "runtime/loop.h"
#include "runtime/socket.h"

namespace perfd::test {

class FakeControlPort {
 public:
  explicit FakeControlPort(runtime::Loop& loop)
      : loop_(loop),
        folder_(runtime::make_temporary_folder("perfd-test").value()),
        let_go_(loop.context()),
        tasks_(loop) {}
  ~FakeControlPort() { std::filesystem::remove_all(folder_); }
  FakeControlPort(FakeControlPort const&) = delete;
  FakeControlPort& operator=(FakeControlPort const&) = delete;

  [[nodiscard]] runtime::Address address() const {
    return runtime::Address::unix_path((folder_ / "control").string()).value();
  }

  void listen() {
    listener_.emplace(loop_, runtime::BoundListener::bind(address()).value());
    tasks_.spawn("accept", accept());
  }
  // The process ends at the loop's next turn: nobody listens, and every connection breaks.
  void die() {
    loop_.post([this] {
      if (listener_) listener_->close();
      for (auto& socket : connections_) socket.close();
      tasks_.cancel();
    });
  }
  runtime::Task<> stop() { return tasks_.stop(); }

  // To everybody who is connected.
  void say(std::string const& line) {
    auto const text = line + "\r\n";
    for (auto& socket : connections_)
      if (socket.is_open()) (void)socket.send_now(std::as_bytes(std::span(text)));
  }

  // A command that begins so gets its answer, and those behind it get theirs, at let_go().
  void hold(std::string beginning) {
    held_ = std::move(beginning);
    let_go_.reset();
  }
  void let_go() {
    held_.clear();
    let_go_.set();
  }

  bool silent = false;  // hangs: reads, but never answers
  int accepted = 0;
  std::string events;                          // as last subscribed to
  std::vector<std::string> commands;           // all that came but GETINFO
  std::map<std::string, std::string> replies;  // to commands that begin so, instead of "250 OK"
  std::map<std::string, std::string> info = {  // of GETINFO; what has line ends comes as data
      {"version", "0.4.9.11 (git-0123456789abcdef)"},
      {"process/pid", "100"},
      {"net/listeners/socks", "\"unix:/run/tor/socks\" \"127.0.0.1:9050\" \"127.0.0.1:9150\""},
      {"events/names", "CIRC STREAM STATUS_CLIENT NEWCONSENSUS"},
      {"circuit-status", ""},
      {"stream-status", ""},
      {"consensus/valid-after", "2026-11-24 03:00:00"},
      {"status/bootstrap-phase", "NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\""}};

 private:
  runtime::Task<> accept() {
    for (;;) {
      auto connection = co_await listener_->accept();
      if (!connection) co_return;
      ++accepted;
      connections_.push_back(std::move(connection->socket));
      tasks_.spawn("talk", talk(connections_.back()));
    }
  }

  runtime::Task<> talk(runtime::StreamSocket& socket) {
    std::string received;
    for (;;) {
      std::array<std::byte, 4096> chunk;
      auto const got = co_await socket.receive(chunk);
      if (!got || got->status != runtime::Received::Status::data) co_return;
      received.append(reinterpret_cast<char const*>(chunk.data()), got->bytes);
      for (auto end = received.find("\r\n"); end != std::string::npos;
           end = received.find("\r\n")) {
        auto const command = received.substr(0, end);
        auto const reply = silent ? std::string() : answer(command);
        received.erase(0, end + 2);
        if (!held_.empty() && command.starts_with(held_)) co_await let_go_.wait();
        (void)co_await socket.send_all(std::as_bytes(std::span(reply)));
      }
    }
  }

  std::string answer(std::string const& command) {
    if (command.starts_with("PROTOCOLINFO"))
      return "250-PROTOCOLINFO 1\r\n250-AUTH METHODS=NULL\r\n"
             "250-VERSION Tor=\"0.4.9.11\"\r\n250 OK\r\n";
    if (command.starts_with("SETEVENTS")) events = command.substr(9);
    if (!command.starts_with("GETINFO ")) {
      commands.push_back(command);
      for (auto const& [beginning, reply] : replies)
        if (command.starts_with(beginning)) return reply + "\r\n";
      return "250 OK\r\n";
    }
    std::string out;
    for (auto const key : split(std::string_view(command).substr(8), ' ')) {
      auto const value = info.find(std::string(key));
      if (value == info.end()) return "552 Unrecognized key \"" + std::string(key) + "\"\r\n";
      if (value->second.find('\n') == std::string::npos)
        out += "250-" + value->first + "=" + value->second + "\r\n";
      else
        out += "250+" + value->first + "=\r\n" + value->second + ".\r\n";
    }
    return out + "250 OK\r\n";
  }

  runtime::Loop& loop_;
  std::filesystem::path folder_;
  std::optional<runtime::Listener> listener_;
  std::list<runtime::StreamSocket> connections_;
  std::string held_;
  runtime::Event let_go_;
  runtime::TaskGroup tasks_;
};

}  // namespace perfd::test
