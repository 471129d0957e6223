#include "app/daemon.h"

#include <signal.h>
#include <unistd.h>

#include "app/cli.h"
#include "app/log.h"
#include "app/startup.h"
#include "app/station.h"
#include "base/text.h"
#include "runtime/clock.h"
#include "runtime/files.h"
#include "runtime/pool.h"
#include "runtime/signals.h"

namespace perfd::app {
namespace {

using runtime::Task;

// A change is told soon, but a busy station writes no more than this.
constexpr auto kStatusEvery = std::chrono::seconds(10);
constexpr auto kStatusPause = std::chrono::seconds(1);

// The loop's side of the daemon.
class Daemon {
 public:
  Daemon(runtime::Loop& loop, DaemonOptions const& options, Station& station)
      : loop_(loop),
        options_(options),
        station_(station),
        started_at_(runtime::wall_now()),
        signals_(loop, {SIGTERM, SIGINT, SIGHUP}),
        changed_(loop.context()),
        tasks_(loop) {}

  Task<int> run() {
    station_.start_tors();
    station_.start_schedule();
    tasks_.spawn("status", write_status());
    for (;;) {
      auto const number = co_await signals_.next();
      if (number != SIGHUP) {
        log::info("stopping", {{"signal", std::to_string(number)}});
        break;
      }
      reload();
    }
    co_await tasks_.stop();
    pool_.reset();  // a status that is being written is written, and then removed
    auto const stopped = co_await station_.stop();
    std::error_code ignored;
    std::filesystem::remove(options_.data.status_file(), ignored);
    if (stopped.has_error()) {
      log::error("records-not-saved", {{"what", stopped.error().message}});
      co_return kFailed;
    }
    log::info("stopped");
    co_return lost_ ? kCannotRun : kDone;
  }

  void something_changed() { changed_.set(); }

  // Without its launcher perfd can start no tor; a supervisor starts it anew.
  void launcher_lost() {
    log::error("launcher-lost", {{"what", "the process that starts tor has ended; so does perfd"}});
    lost_ = true;
    ::raise(SIGTERM);
  }

 private:
  void reload() {
    log::reopen();
    auto const wanted = config::load_path(options_.config);
    if (wanted.has_error()) {
      for (auto const& problem : wanted.error().list)
        log::error("reload-refused", {{"what", config::to_string(problem)}});
      return;
    }
    auto const done = station_.reload(*wanted);
    for (auto const& text : config::advice(*wanted))
      log::warning("configuration", {{"what", text}});
    for (auto const& key : done.applied) log::info("reloaded", {{"setting", key}});
    for (auto const& key : done.needs_restart)
      log::warning("reload-needs-restart", {{"setting", key}});
    if (done.applied.empty() && done.needs_restart.empty()) log::info("reloaded-nothing-changed");
  }

  // On a thread of its own: a slow disk must not delay a mark.
  Task<> write_status() {
    for (;;) {
      changed_.reset();
      auto status = station_.status();
      status.pid = ::getpid();
      status.started_at = started_at_;
      status.written_at = runtime::wall_now();
      // Not inside the co_await expression: GCC 12 destroys its captures twice there.
      auto write = [path = options_.data.status_file(), text = to_json(status)] {
        return runtime::write_file(path, text);
      };
      auto const written = co_await pool_->run(loop_, std::move(write));
      if (written.has_error()) log::warning("status-file", {{"what", written.error().message}});
      co_await runtime::sleep_for(kStatusPause);
      (void)co_await changed_.wait_until(runtime::mono_now() + kStatusEvery);
    }
  }

  runtime::Loop& loop_;
  DaemonOptions const& options_;
  Station& station_;
  WallTime started_at_;
  runtime::Signals signals_;
  std::unique_ptr<runtime::Pool> pool_ = std::make_unique<runtime::Pool>(1);
  runtime::Event changed_;
  runtime::TaskGroup tasks_;
  bool lost_ = false;
};

}  // namespace

int run_daemon(DaemonOptions options) {
  auto const give_up = [&](Error const& error) {
    log::error("cannot-start", {{"what", error.message}});
    options.started(error.message);
    return kCannotRun;
  };
  // Until it can be obeyed: its default is to end the process.
  runtime::ignore_until_awaited(SIGHUP);
  auto listeners = start_up(options.settings, options.data);
  if (!listeners) return give_up(listeners.error());
  // As the user that perfd is from now on, who has to open it again after each rotation.
  if (auto set = log::set_up(options.settings.log.level, options.log_file); !set)
    return give_up(
        Error{set.error().message + "; [log] file must be where perfd's user may write"});
  for (auto const& text : config::advice(options.settings))
    log::warning("configuration", {{"what", text}});
  if (auto const warning = user_warning(options.settings.server))
    log::warning("user", {{"what", *warning}});
  auto channel = runtime::LauncherChannel::fork_now();
  if (!channel) return give_up(channel.error());
  log::write_behind();

  runtime::Loop loop;
  loop.on_task_failure([](std::string_view task, std::string_view what) {
    log::error("task-failed",
               {{"thread", "measuring"}, {"task", std::string(task)}, {"what", std::string(what)}});
  });
  runtime::Launcher launcher(loop, std::move(*channel));
  std::optional<Daemon> daemon;
  auto const changed = [&daemon](auto const& /*what*/) {
    if (daemon) daemon->something_changed();
  };
  StationOptions station_options{options.settings,
                                 options.data,
                                 std::move(listeners->measurement),
                                 std::move(listeners->tls),
                                 std::move(listeners->results),
                                 changed,
                                 changed};
  auto station = Station::open(loop, launcher, std::move(station_options));
  if (!station) {
    loop.run_until_done(launcher.stop());
    return give_up(station.error());
  }
  for (auto const& address : (*station)->results_urls())
    log::info(
        "started",
        {{"version", version()}, {"vantage", options.settings.vantage.name}, {"results", address}});
  daemon.emplace(loop, options, **station);
  launcher.on_lost([&daemon] { daemon->launcher_lost(); });
  options.started({});
  auto const code = loop.run_until_done(daemon->run());
  loop.run_until_done(launcher.stop());
  return code;
}

}  // namespace perfd::app
