// A control connection to a FakeTor, in virtual time: no test waits for real.
#pragma once

#include <gtest/gtest.h>

#include "runtime/virtual_time.h"
#include "tor/control_connection.h"
#include "tor/support/fake_tor.h"

namespace perfd::test {

class ControlTest : public testing::Test {
 protected:
  ControlTest() : tasks_(loop_), tor_(loop_) {
    loop_.on_task_failure([](std::string_view task, std::string_view what) {
      ADD_FAILURE() << task << ": " << what;
    });
    connection_ = tor::ControlConnection(loop_, tasks_, tor_.take_client());
  }
  ~ControlTest() override {
    connection_.close();
    time_.run(loop_, tasks_.stop());
  }

  // Runs tor's script beside the client's task.
  template <class T>
  T run(runtime::Task<> script, runtime::Task<T> client) {
    tasks_.spawn("script", std::move(script));
    return time_.run(loop_, std::move(client));
  }

  runtime::VirtualTime time_;
  runtime::Loop loop_;
  runtime::TaskGroup tasks_;
  FakeTor tor_;
  tor::ControlConnection connection_;
};

}  // namespace perfd::test
