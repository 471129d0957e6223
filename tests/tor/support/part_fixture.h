// Parts of an instance, which is attached to a scripted tor, in virtual time.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/virtual_time.h"
#include "tor/instance.h"
#include "tor/support/fake_control_port.h"

namespace perfd::test {

// What a task gave, and when.
template <class T>
struct Awaited {
  std::optional<T> value;
  MonoTime at{};
};

class PartTest : public testing::Test {
 protected:
  PartTest() : port_(loop_), clients_(loop_) {
    loop_.on_task_failure([](std::string_view task, std::string_view what) {
      ADD_FAILURE() << task << ": " << what;
    });
  }
  // Before the parts, which outlive all runs.
  void TearDown() override {
    time_.run(loop_, clients_.stop());
    if (instance_) time_.run(loop_, instance_->stop());
    port_.die();
    time_.run(loop_, port_.stop());
  }

  tor::Instance& make_instance(std::string name) {
    tor::InstanceSettings settings;
    settings.name = std::move(name);
    settings.attach = port_.address();
    instance_ = std::make_unique<tor::Instance>(loop_, nullptr, std::move(settings), idle_);
    return *instance_;
  }
  void start_tor() {
    port_.listen();
    instance_->start();
    pass(std::chrono::milliseconds(1));
  }
  void kill_tor() {
    port_.die();
    pass(std::chrono::milliseconds(1));
  }
  // Another process; the instance finds it at its next try.
  void start_tor_again() {
    port_.info["process/pid"] += "1";
    port_.listen();
    pass(std::chrono::seconds(2));
  }

  void pass(Nanos span) { time_.advance(loop_, span); }
  void say(std::string const& event) {
    port_.say("650 " + event);
    pass(std::chrono::milliseconds(1));
  }
  // What tor was told since the last question, but for what every connection begins with.
  std::vector<std::string> commands() {
    auto out = std::exchange(port_.commands, {});
    std::erase_if(out, [](std::string const& command) {
      return command.starts_with("PROTOCOLINFO") || command.starts_with("AUTHENTICATE") ||
             command.starts_with("SETEVENTS");
    });
    return out;
  }

  // Runs beside the test, up to its first wait at once.
  template <class T>
  std::shared_ptr<Awaited<T>> begin(runtime::Task<T> task) {
    auto out = std::make_shared<Awaited<T>>();
    clients_.spawn("client", keep(std::move(task), out));
    pass(std::chrono::milliseconds(1));
    return out;
  }
  // Cancels what began.
  void cut_off() {
    loop_.post([this] { clients_.cancel(); });
    pass(std::chrono::milliseconds(1));
    EXPECT_EQ(clients_.size(), 0U);
  }

  struct Idle final : tor::InstanceObserver {
    void on_state(tor::Instance const&) override {}
    void on_raw_event(tor::Instance const&, WallTime, std::string const&) override {}
    void on_circuit_done(tor::Instance const&, model::Circuit const&) override {}
    void on_stream_done(tor::Instance const&, model::Stream const&) override {}
  };

  runtime::VirtualTime time_;
  runtime::Loop loop_;
  FakeControlPort port_;
  runtime::TaskGroup clients_;
  Idle idle_;
  std::unique_ptr<tor::Instance> instance_;

 private:
  template <class T>
  static runtime::Task<> keep(runtime::Task<T> task, std::shared_ptr<Awaited<T>> out) {
    auto value = co_await std::move(task);
    out->value.emplace(std::move(value));
    out->at = runtime::mono_now();
  }
};

}  // namespace perfd::test
