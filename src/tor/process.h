// One tor process that perfd starts: its torrc, its output, its control connection, its end.
//
// Every process has a data folder of its own (mode 0700) with torrc, cookie and control
// socket in it. tor ends with perfd: by the launcher, by __OwningControllerProcess until
// TAKEOWNERSHIP is in force, and then with the control connection.
// Owner: a tor instance. Thread: the loop's.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/address.h"
#include "runtime/launcher.h"
#include "runtime/loop.h"
#include "runtime/task.h"
#include "tor/control_connection.h"
#include "tor/last_words.h"

namespace perfd::tor {

struct ProcessSettings {
  std::filesystem::path binary;       // found beforehand
  std::filesystem::path data_folder;  // absolute; made if missing
  std::vector<std::string> torrc;     // the user's lines, ahead of perfd's own
};

// Where tor listens for its controller: a unix socket in the data folder; or, where its path has
// more than the 107 bytes that there is room for or a '#', which tor takes for a comment there, a
// TCP port that tor chooses and writes to a file.
struct ControlPlace {
  std::filesystem::path unix_socket;  // empty: TCP
  std::filesystem::path port_file;    // of TCP
  [[nodiscard]] static ControlPlace in(std::filesystem::path const& data_folder);
};

// The whole torrc. A SocksPort is added (127.0.0.1, a free port, extended errors) unless
// the user's lines have one.
[[nodiscard]] std::string make_torrc(ProcessSettings const& settings, ControlPlace const& place,
                                     pid_t owner);

// "PORT=127.0.0.1:9051" or "UNIX_PORT=/path", as ControlPortWriteToFile writes.
[[nodiscard]] std::optional<runtime::Address> parse_port_file(std::string_view text);

class Process {
 public:
  using LineHandler = std::function<void(std::string const& line)>;

  Process(runtime::Loop& loop, ProcessSettings settings);
  // REQUIRES: stop() was awaited, or the loop will not run again.
  ~Process() = default;
  Process(Process const&) = delete;
  Process& operator=(Process const&) = delete;

  // Errors: no folder, no binary.
  [[nodiscard]] runtime::Task<Result<>> launch(runtime::Launcher& launcher, LineHandler on_line);
  // Connects, tries again while tor is not listening yet, authenticates and takes ownership.
  // The Error of a tor that ended quotes its last words.
  [[nodiscard]] runtime::Task<Result<ControlConnection>> connect(runtime::TaskGroup& tasks,
                                                                 MonoTime deadline);
  // Set once the process has ended and its output was read.
  [[nodiscard]] runtime::Event& ended() { return ended_; }
  [[nodiscard]] bool launched() const { return child_.has_value(); }
  [[nodiscard]] bool running() const { return child_ && child_->running(); }
  [[nodiscard]] std::optional<pid_t> pid() const;
  // "tor ended: exit code 1; its log says …"; only after ended().
  [[nodiscard]] std::string obituary() const;

  // SIGTERM, SIGKILL after `grace`; returns when it is gone. May be called at any time.
  runtime::Task<> stop(Nanos grace);

 private:
  runtime::Task<> read_output(LineHandler on_line);
  runtime::Task<> watch();
  [[nodiscard]] Result<runtime::Address> control_address() const;

  runtime::Loop& loop_;
  ProcessSettings settings_;
  ControlPlace place_;
  LastWords last_words_;
  std::optional<runtime::Child> child_;
  std::optional<runtime::ExitStatus> status_;
  runtime::Event output_ended_;
  runtime::Event ended_;
  runtime::TaskGroup tasks_;
};

}  // namespace perfd::tor
