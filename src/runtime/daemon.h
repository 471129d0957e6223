// The daemon's place in the system: its pid file, and going to the background.
// Thread: while the process has one thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>

#include "base/result.h"

namespace perfd::runtime {

// Holds a pid file for as long as the object lives. The lock on the file (an open file
// description lock, fcntl(2), which a fork shares) tells whether its owner lives, so a stale
// file is no obstacle and a reused pid no trap. Symbolic links are not followed.
class PidFile {
 public:
  // An error that names the pid where another process holds it.
  [[nodiscard]] static Result<PidFile> take(std::filesystem::path path);
  // The pid of the process that holds the file; nullopt where none does. An error where the file
  // can't be read: then nobody knows.
  [[nodiscard]] static Result<std::optional<pid_t>> look(std::filesystem::path const& path);
  // The same, with nullopt for what nobody knows.
  [[nodiscard]] static std::optional<pid_t> holder(std::filesystem::path const& path);

  // Sends a signal to the process that holds the file; false where none does, or it may not, or
  // where that process belongs to another user than the file: then somebody else wrote the pid.
  static bool signal_holder(std::filesystem::path const& path, int number);

  PidFile(PidFile&& other) noexcept;
  PidFile& operator=(PidFile&&) = delete;
  ~PidFile();  // removes the file

  // Writes the current process's pid anew: after a fork.
  [[nodiscard]] Result<> write_own_pid();
  void keep_on_destruction() { owned_ = false; }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  PidFile(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}
  std::filesystem::path path_;
  int fd_;
  bool owned_ = true;
};

// Forks into the background: a new session, standard input from /dev/null, output
// to `log` (appended). The original process waits until the daemon reports readiness or
// failure, and learns its word.
class Background {
 public:
  // In the daemon: an object to report with. In the original process: never returns from
  // wait(). `is_daemon()` tells which one this is.
  [[nodiscard]] static Result<Background> enter(std::filesystem::path const& log);
  Background(Background&& other) noexcept;
  Background& operator=(Background&&) = delete;
  ~Background();

  [[nodiscard]] bool is_daemon() const { return daemon_; }
  [[nodiscard]] pid_t daemon_pid() const { return pid_; }
  // Daemon: start-up is over; an empty text means success.
  void report(std::string_view failure);
  // Original process: the daemon's word. An error if it failed or died before its word.
  [[nodiscard]] Result<> wait();

 private:
  Background(bool daemon, pid_t pid, int fd) : daemon_(daemon), pid_(pid), fd_(fd) {}
  bool daemon_;
  pid_t pid_;
  int fd_;
};

}  // namespace perfd::runtime
