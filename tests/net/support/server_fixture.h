// A measurement server on a loop of its own, for tests: on a free port of loopback, or on a
// unix socket in virtual time.
// Thread: the loop's.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "net/server.h"
#include "net/support/raw_client.h"
#include "net/support/unix_place.h"
#include "runtime/virtual_time.h"

namespace perfd::net::test {

class KeepingObserver final : public ServerObserver {
 public:
  explicit KeepingObserver(runtime::Loop& loop) : any(loop.context()) {}
  void on_transfer(ServerObservation observation) override {
    seen.push_back(std::move(observation));
    any.set();
  }
  std::vector<ServerObservation> seen;
  runtime::Event any;  // something was seen
};

class ServerFixture : public testing::Test {
 protected:
  void start(ServerOptions options = {}, Route* route = nullptr,
             runtime::Address const& where = any_port()) {
    server_.emplace(loop_, options, route, &observer_);
    server_->listen(std::move(*runtime::BoundListener::bind(where)));
  }
  void TearDown() override {
    if (server_) loop_.run_until_done(server_->stop());
  }
  runtime::Address address() { return server_->addresses().at(0); }
  std::string raw(RawAsk what) { return test::ask(loop_, address(), std::move(what)).text; }
  // One request on a connection that closes after it.
  Answer ask(std::string_view request_line, std::string_view fields = "",
             std::string_view body = "") {
    auto answers = split_answers(
        raw({.text = std::string(request_line) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
                     std::string(fields) + "\r\n" + std::string(body)}),
        request_line.starts_with("HEAD"));
    return answers.size() == 1 ? answers.front() : Answer{};
  }

  runtime::Loop loop_;
  KeepingObserver observer_{loop_};
  std::optional<MeasurementServer> server_;
};

// On a unix socket, in virtual time: an hour of a slow client takes no time and is exact.
class VirtualServerFixture : public testing::Test {
 protected:
  void start(ServerOptions options = {}, Route* route = nullptr) {
    server_.emplace(loop_, options, route, &observer_);
    server_->listen(std::move(*runtime::BoundListener::bind(place_.address("server"))));
    begun_ = runtime::mono_now();
  }
  void TearDown() override {
    time_.run(loop_, clients_.stop());
    time_.run(loop_, server_->stop());
  }
  runtime::Address address() { return server_->addresses().at(0); }
  RawAnswer ask(RawAsk what) {
    return time_.run(loop_, converse(loop_, address(), std::move(what))).value();
  }
  [[nodiscard]] Nanos passed() const { return runtime::mono_now() - begun_; }

  UnixPlace place_;
  runtime::VirtualTime time_;
  runtime::Loop loop_;
  KeepingObserver observer_{loop_};
  std::optional<MeasurementServer> server_;
  runtime::TaskGroup clients_{loop_};
  MonoTime begun_{};
};

}  // namespace perfd::net::test
