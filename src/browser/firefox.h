// One Firefox process, headless, with a profile of its own, driven over WebDriver BiDi.
//
// Nothing of it reaches the network but page loads: its own settings name a proxy that refuses
// everything, and each load's user context has the load's proxy (page_loader.h). It ends with
// perfd, since the launcher starts it.
// Any Firefox from 129 on, and Tor Browser from 15 on with its tor and launcher switched off
// (docs/browser.md tells what was not tried).
// Thread: the loop's. Ownership: refers to loop and launcher, which outlive it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "browser/errors.h"
#include "runtime/launcher.h"
#include "runtime/loop.h"

namespace perfd::browser {

class BidiConnection;

struct FirefoxSettings {
  std::filesystem::path binary;  // found beforehand
  // Profile, HOME and temporary files; made by start(), removed by stop(). Must not exist yet, or
  // be empty.
  std::filesystem::path folder;
  // Added to perfd's own, the last one of a name wins. Values as prefs.js has them: true, 5,
  // "text".
  std::vector<std::pair<std::string, std::string>> prefs;
  std::vector<std::string> environment;  // NAME=value
  // The browser ends itself when it connects to anything but loopback without a proxy
  // (MOZ_DISABLE_NONLOCAL_CONNECTIONS): a proof for tests that nothing does.
  bool loopback_fuse = false;
  Nanos start_limit = std::chrono::seconds{60};
};

// Of all its processes together; the CPU time of ended ones, too.
struct Usage {
  Micros cpu{0};
  Bytes memory;
  int processes = 0;
};

class Firefox {
 public:
  // Errors: kNotStarted, whatever the cause; the message tells it, with the browser's last words.
  // Cancelled, it returns when the browser is gone.
  [[nodiscard]] static runtime::Task<Result<std::unique_ptr<Firefox>>> start(
      runtime::Loop& loop, runtime::Launcher& launcher, FirefoxSettings settings);
  // REQUIRES: stop() was awaited, or the loop runs no more. Kills what still runs.
  ~Firefox();
  Firefox(Firefox const&) = delete;
  Firefox& operator=(Firefox const&) = delete;

  [[nodiscard]] std::string const& version() const;  // "Firefox 153.7.0"
  // It lives, and a load may be tried.
  [[nodiscard]] bool running() const;
  [[nodiscard]] pid_t pid() const;
  // How long it took from the start of the process to the first command that can be given.
  [[nodiscard]] Nanos start_time() const;
  // Memory is the PSS (RSS of a process that doesn't tell its PSS), which costs the kernel some
  // 0.1 s of CPU time; or at most that, the sum of RSS, for next to nothing.
  [[nodiscard]] runtime::Task<Usage> usage();
  [[nodiscard]] runtime::Task<Usage> usage_at_most();

  // Asks it to close, then SIGTERM, then SIGKILL; at most some ten seconds. Its folder is gone
  // then. May be called again.
  runtime::Task<> stop();
  // The same without asking.
  runtime::Task<> kill();

  // For page_loader: the connection; this load's number, from 1; why it ended (kDied).
  [[nodiscard]] runtime::Loop& loop();
  [[nodiscard]] BidiConnection& connection();
  std::int64_t count_load();
  [[nodiscard]] Error obituary() const;
  // Waits a moment for the end of a process whose connection is lost, and kills it.
  runtime::Task<> end_of_lost();

 private:
  struct Impl;
  explicit Firefox(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace perfd::browser
