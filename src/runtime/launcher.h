// Child processes that can't outlive perfd.
//
// A small process, forked before perfd has threads, starts every child and reaps
// it. It is a subreaper, so grandchildren come to it as well, and those that a child leaves
// behind when it ends are killed (a browser's, which may hang); each child is killed by
// the kernel if the launcher dies, and the launcher ends them all, and itself, when
// its channel to perfd closes, however perfd ended. Children run in a session of
// their own: a Ctrl-C in the terminal reaches perfd alone, which then stops them in order.
// (Boost.Process in 1.81 would block in waitpid, and a sandbox of the daemon would be
// inherited by its children.)
// Thread: fork_now() while the process has one thread; all else on the loop's.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/descriptor.h"

namespace perfd::runtime {

struct ChildSpec {
  std::filesystem::path program;         // found beforehand: no PATH search
  std::vector<std::string> arguments;    // without the program itself
  std::vector<std::string> environment;  // NAME=value, added to perfd's own
  std::filesystem::path folder;          // working folder; empty: perfd's
};

struct ExitStatus {
  int code = 0;    // exit code, if it ended by itself
  int signal = 0;  // the signal that ended it, else 0
  [[nodiscard]] bool clean() const { return code == 0 && signal == 0; }
  [[nodiscard]] std::string text() const;  // "exit code 1", "killed by signal 9 (Killed)"
};

class Launcher;

// A running or ended child. Destroying it kills the child (SIGKILL) if it still runs.
class Child {
 public:
  ~Child();
  Child(Child&&) noexcept;
  Child& operator=(Child&&) noexcept;

  [[nodiscard]] pid_t pid() const;
  // Standard output and error in one pipe; read it, or the child may block.
  [[nodiscard]] Descriptor& output();
  [[nodiscard]] bool running() const;
  // Waits for the end; any number of tasks may wait.
  Task<ExitStatus> wait();
  [[nodiscard]] std::optional<ExitStatus> exit_status() const;
  void send_signal(int number);
  // Asks with SIGTERM, and kills with SIGKILL what still runs after `grace`.
  Task<ExitStatus> terminate(Nanos grace);

 private:
  friend class Launcher;
  struct State;
  explicit Child(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

// One line at a time from a child's output, each cut at `limit` bytes; nullopt at the end.
class LineReader {
 public:
  explicit LineReader(Descriptor& source, std::size_t limit = 4096)
      : source_(source), limit_(limit) {}
  Task<std::optional<std::string>> next();

 private:
  Descriptor& source_;
  std::size_t limit_;
  std::string buffer_;
  bool skipping_ = false;  // the rest of a line that was cut
  bool ended_ = false;
};

// The channel to the launcher process, before a loop exists.
class LauncherChannel {
 public:
  // REQUIRES: the process has one thread.
  [[nodiscard]] static Result<LauncherChannel> fork_now();
  LauncherChannel(LauncherChannel&& other) noexcept;
  LauncherChannel& operator=(LauncherChannel&&) = delete;
  ~LauncherChannel();  // ends the launcher and all its children, unless a Launcher took over
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  friend class Launcher;
  LauncherChannel(int fd, pid_t pid) : fd_(fd), pid_(pid) {}
  int fd_;
  pid_t pid_;
};

class Launcher {
 public:
  Launcher(Loop& loop, LauncherChannel channel);
  ~Launcher();  // ends the launcher process and all children
  Launcher(Launcher const&) = delete;
  Launcher& operator=(Launcher const&) = delete;

  // Fails where the program can't be executed (the error has errno) or the launcher is gone.
  // Cancelled, it returns when the child is gone.
  Task<Result<Child>> start(ChildSpec spec);
  [[nodiscard]] std::size_t running() const;
  // Called once if the launcher process itself ended; every child is dead then.
  void on_lost(std::function<void()> handler);
  // Ends the reading task; children stay as they are. Call before the loop ends.
  Task<> stop();

 private:
  friend class Child;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace perfd::runtime
