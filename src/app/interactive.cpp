#include "app/interactive.h"

#include <signal.h>

#include <optional>

#include "app/cli.h"
#include "runtime/signals.h"

namespace perfd::app {
namespace {

using runtime::Task;

struct Run {
  explicit Run(runtime::Loop& loop) : over(loop.context()) {}
  runtime::Event over;
  std::optional<int> code;
};

Task<> do_work(Interactive& command, Run& run) {
  run.code = co_await command.work();
  run.over.set();
}

Task<> await_signals(runtime::Signals& signals, Run& run) {
  for (;;) {
    (void)co_await signals.next();
    run.over.set();
  }
}

Task<> run_all(runtime::Loop& loop, runtime::Launcher& launcher, Interactive& command, Run& run) {
  // It lives to the end: a second Ctrl-C must not cut the tidying short.
  runtime::Signals signals(loop, {SIGINT, SIGTERM});
  runtime::TaskGroup tasks(loop);
  // A bug in one must not leave the other waiting for ever.
  loop.on_task_failure([&run](std::string_view task, std::string_view what) {
    run.code =
        complain("internal error in " + std::string(task) + ": " + std::string(what), kFailed);
    run.over.set();
  });
  tasks.spawn("signals", await_signals(signals, run));
  tasks.spawn("work", do_work(command, run));
  co_await run.over.wait();
  co_await tasks.stop();
  if (auto const code = co_await command.tidy_up(); code != kDone) run.code = code;
  co_await launcher.stop();
}

}  // namespace

int run_interactive(runtime::Loop& loop, runtime::Launcher& launcher, Interactive& command,
                    bool endless) {
  Run run(loop);
  loop.run_until_done(run_all(loop, launcher, command, run));
  return run.code.value_or(endless ? kDone : kFailed);
}

}  // namespace perfd::app
