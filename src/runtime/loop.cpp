#include "runtime/loop.h"

#include <cstdio>

namespace perfd::runtime {

Loop::Loop() : context_(1) {
  failure_handler_ = [](std::string_view task, std::string_view what) {
    std::fprintf(stderr, "perfd: task '%.*s' failed: %.*s\n", static_cast<int>(task.size()),
                 task.data(), static_cast<int>(what.size()), what.data());
  };
}

Loop::~Loop() = default;

void Loop::run() {
  context_.restart();
  context_.run();
}

void Loop::stop() { context_.stop(); }

void Loop::report_failure(std::string_view task, std::exception_ptr const& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (std::exception const& e) {
    failure_handler_(task, e.what());
  } catch (...) {
    failure_handler_(task, "an exception of unknown type");
  }
}

template <>
void Loop::run_until_done<void>(Task<> task) {
  bool done = false;
  std::exception_ptr failure;
  boost::asio::co_spawn(context_, std::move(task), [&](std::exception_ptr thrown) {
    done = true;
    failure = std::move(thrown);
  });
  context_.restart();
  while (!done && context_.run_one() > 0) {
  }
  if (failure) std::rethrow_exception(failure);
  if (!done) throw std::runtime_error("the loop was stopped before the task had ended");
}

}  // namespace perfd::runtime
