// A command that works until it is done, or until Ctrl-C, and then tidies up.
// Thread: the main thread.
#pragma once

#include "runtime/launcher.h"
#include "runtime/loop.h"

namespace perfd::app {

// What such a command does. Both parts run on the loop.
class Interactive {
 public:
  virtual ~Interactive() = default;
  // Cancelled at SIGINT or SIGTERM. Returns the exit code.
  virtual runtime::Task<int> work() = 0;
  // Ends everything that work() began; always called, and not cancelled. Returns kDone, or
  // the exit code where the command failed only now.
  virtual runtime::Task<int> tidy_up() = 0;
};

// The exit code. An interrupt is the way to end an `endless` command, and a failure of others.
int run_interactive(runtime::Loop& loop, runtime::Launcher& launcher, Interactive& command,
                    bool endless);

}  // namespace perfd::app
