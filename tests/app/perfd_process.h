// Runs the perfd program as a user would: by its command line, as a process.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "places.h"
#include "runtime/deadline.h"
#include "runtime/files.h"
#include "runtime/launcher.h"
#include "runtime/loop.h"

namespace perfd::app {

struct Finished {
  runtime::ExitStatus status;
  std::vector<std::string> lines;  // of both outputs

  [[nodiscard]] std::string text() const {
    std::string all;
    for (auto const& line : lines) all += line + "\n";
    return all;
  }
};

class PerfdProcessTest : public testing::Test {
 protected:
  PerfdProcessTest() : launcher_(loop_, runtime::LauncherChannel::fork_now().value()) {}
  ~PerfdProcessTest() override {
    loop_.run_until_done(launcher_.stop());
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  // Starts it; `arguments` as on the command line.
  runtime::Child start(std::vector<std::string> arguments) {
    auto child = loop_.run_until_done(launcher_.start(
        {perfd::test::perfd_binary(), std::move(arguments), environment_, folder_}));
    if (!child) throw std::runtime_error(child.error().message);
    return std::move(*child);
  }

  // Starts it and waits for its end; one that outlives `limit` is killed and fails the test.
  Finished run(std::vector<std::string> arguments, Nanos limit = std::chrono::seconds{30}) {
    auto child = start(std::move(arguments));
    auto finished =
        loop_.run_until_done(runtime::with_deadline(runtime::mono_now() + limit, finish(child)));
    if (!finished) {
      ADD_FAILURE() << "perfd did not end within its limit";
      child.send_signal(9);
      return {};
    }
    EXPECT_EQ(finished->status.signal, 0) << "perfd crashed:\n" << finished->text();
    return std::move(*finished);
  }

  static runtime::Task<Result<Finished>> finish(runtime::Child& child) {
    Finished out;
    runtime::LineReader reader(child.output(), 1 << 20);
    while (auto line = co_await reader.next()) out.lines.push_back(std::move(*line));
    out.status = co_await child.wait();
    co_return out;
  }

  std::filesystem::path write(std::string const& name, std::string const& content) {
    auto path = folder_ / name;
    (void)runtime::write_file(path, content);
    return path;
  }

  std::filesystem::path folder_ = runtime::make_temporary_folder("perfd-app-test").value();
  std::vector<std::string> environment_{"XDG_CACHE_HOME=" + folder_.string()};
  runtime::Loop loop_;
  runtime::Launcher launcher_;
};

}  // namespace perfd::app
