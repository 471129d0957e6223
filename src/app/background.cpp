// `perfd start|stop|restart|status`: the daemon in the background, found by its pid file.
#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "app/cli.h"
#include "app/daemon.h"
#include "app/daemon_place.h"
#include "app/status_file.h"
#include "base/text.h"
#include "base/time_text.h"
#include "runtime/clock.h"
#include "runtime/files.h"
#include "runtime/loop.h"

namespace perfd::app {
namespace {

constexpr auto kStopLimit = std::chrono::seconds(10);
constexpr auto kPoll = std::chrono::milliseconds(20);
constexpr std::size_t kStatusLimit = 1 << 20;
// A running perfd writes its status every ten seconds.
constexpr auto kStaleAfter = std::chrono::seconds(20);

struct Options {
  std::string config;  // empty: the default
  std::string data;
  bool json = false;

  [[nodiscard]] std::string config_path() const { return config.empty() ? kDefaultConfig : config; }
};

int start(Options const& options) {
  auto const settings = config::load_path(options.config_path());
  if (!settings) return complain(settings.error());
  auto place = take_place(*settings);
  if (!place) return complain(place.error().message, kCannotRun);
  auto const target = log_target(*settings, place->data, true);
  std::fflush(nullptr);  // or both processes would write what is buffered
  auto background = runtime::Background::enter(*target);
  if (!background) return complain(background.error().message, kCannotRun);

  if (!background->is_daemon()) {
    place->pid_file.keep_on_destruction();
    if (auto word = background->wait(); !word)
      return complain("did not start: " + word.error().message, kCannotRun);
    std::printf("perfd runs as process %d; its log is %s, its results: perfd status -c %s\n",
                static_cast<int>(background->daemon_pid()), target->c_str(),
                options.config_path().c_str());
    return kDone;
  }
  auto failed = [&](Error const& error) {
    background->report(error.message);
    return kCannotRun;
  };
  if (auto written = place->pid_file.write_own_pid(); !written) return failed(written.error());
  return run_daemon({std::filesystem::absolute(options.config_path()), *settings, place->data,
                     target, [&](std::string_view failure) { background->report(failure); }});
}

runtime::Task<bool> await_end(std::filesystem::path pid_file) {
  auto const until = runtime::mono_now() + kStopLimit;
  while (runtime::PidFile::holder(pid_file)) {
    if (runtime::mono_now() >= until) co_return false;
    co_await runtime::sleep_for(kPoll);
  }
  co_return true;
}

// True if one ran and has ended.
Result<bool> stop_daemon(DataFolder const& data) {
  auto const known = runtime::PidFile::look(data.pid_file());
  if (!known) return known.error();
  auto const pid = *known;
  if (!pid) return false;
  if (!runtime::PidFile::signal_holder(data.pid_file(), SIGTERM))
    return Error{"process " + std::to_string(*pid) +
                 " can't be told to stop: it belongs to another user"};
  runtime::Loop loop;
  if (!loop.run_until_done(await_end(data.pid_file())))
    return Error{"process " + std::to_string(*pid) + " does not end; see " +
                 data.log_file().string() + ", and kill -9 it if need be: no record gets lost"};
  return true;
}

int stop(Options const& options) {
  auto const data = choose_data(options.data, options.config);
  if (!data) return complain(data.error().message, kUsage);
  auto const stopped = stop_daemon(*data);
  if (!stopped) return complain(stopped.error().message, kCannotRun);
  std::printf(*stopped ? "perfd has stopped\n" : "no perfd runs in %s\n", data->folder.c_str());
  return kDone;
}

int restart(Options const& options) {
  // A configuration with an error must not cost a running daemon.
  auto const settings = config::load_path(options.config_path());
  if (!settings) return complain(settings.error());
  auto const stopped = stop_daemon(data_folder_of_store(settings->store.path));
  if (!stopped) return complain(stopped.error().message, kCannotRun);
  return start(options);
}

std::string moment(WallTime time) {
  return time == WallTime{} ? std::string("-") : format_iso(time).substr(0, 19) + "Z";
}

void print(Status const& status, WallTime now) {
  std::printf("perfd %s, vantage point %s, process %d, up %s\n", status.version.c_str(),
              status.vantage.c_str(), static_cast<int>(status.pid),
              describe_duration(now - status.started_at).c_str());
  std::printf("%llu measurements since then, %llu of them failed; %llu slots missed\n",
              static_cast<unsigned long long>(status.measurements),
              static_cast<unsigned long long>(status.failures),
              static_cast<unsigned long long>(status.missed));
  for (auto const& tor : status.instances)
    std::printf("tor %-16s %-12s %s\n", tor.name.c_str(), tor.version.c_str(), tor.state.c_str());
  if (!status.experiments.empty())
    std::printf("%-24s %-28s %-20s  %s\n", "experiment", "last outcome", "last run", "next run");
  for (auto const& one : status.experiments)
    std::printf("%-24s %-28s %-20s  %s\n", one.name.c_str(),
                one.last_outcome.empty() ? "-" : one.last_outcome.c_str(),
                moment(one.last_at).c_str(), moment(one.next_at).c_str());
  for (auto const& address : status.results) std::printf("results: %s\n", address.c_str());
  if (!status.published_until.empty())
    std::printf("published: /collector/, days to %s\n", status.published_until.c_str());
  if (!status.publish_trouble.empty())
    std::printf("PUBLISHING TROUBLE: %s\n", status.publish_trouble.c_str());
  if (!status.store_trouble.empty())
    std::printf("STORE TROUBLE: %s\n", status.store_trouble.c_str());
}

int status(Options const& options) {
  auto const data = choose_data(options.data, options.config);
  if (!data) return complain(data.error().message, kUsage);
  auto const known_pid = runtime::PidFile::look(data->pid_file());
  if (!known_pid) return complain(known_pid.error().message, kCannotRun);
  auto const pid = *known_pid;
  if (!pid) {
    if (options.json)
      std::puts("{}");
    else
      std::printf("no perfd runs in %s\n", data->folder.c_str());
    return kFailed;
  }
  auto const text = runtime::read_file(data->status_file(), kStatusLimit);
  if (!text) {
    if (text.error().code != boost::system::errc::no_such_file_or_directory)
      return complain(text.error().message, kCannotRun);
    std::printf(options.json ? "{\"pid\":%d}\n" : "perfd runs as process %d and is starting\n",
                static_cast<int>(*pid));
    return kDone;
  }
  auto const known = status_from_json(*text);
  if (!known)
    return complain(data->status_file().string() + ": " + known.error().message, kCannotRun);
  auto const age = runtime::wall_now() - known->written_at;
  bool const fresh = known->pid == *pid && age < kStaleAfter;
  if (options.json)
    std::fputs(text->c_str(), stdout);
  else
    print(*known, runtime::wall_now());
  if (!fresh)
    (void)complain("this is " + describe_duration(age) + " old: process " + std::to_string(*pid) +
                       " can't write its status (a full disk?) or hangs; see " +
                       data->log_file().string(),
                   kFailed);
  return fresh && known->store_trouble.empty() ? kDone : kFailed;
}

}  // namespace

void add_background(CLI::App& app, Body& body) {
  auto const options = std::make_shared<Options>();
  auto const add = [&](char const* name, char const* what, char const* footer,
                       int (*run)(Options const&)) {
    auto* const command = app.add_subcommand(name, what);
    command
        ->add_option("-c,--config", options->config, "configuration: a file or a folder of *.toml")
        ->default_str(kDefaultConfig);
    command->footer(footer);
    command->callback([options, &body, run] { body = [options, run] { return run(*options); }; });
    return command;
  };
  add("start", "Measure on a schedule, in the background",
      "Example: perfd start -c /etc/perfd.toml\n"
      "Its log is perfd.log beside the store, unless [log] file names another.\n"
      "Exit codes: 0 it runs, 2 wrong configuration, 3 it could not start, or runs already",
      start);
  auto* const stop_command = add("stop", "End it; running measurements are recorded",
                                 "Exit codes: 0 none runs any more, 3 it does not end", stop);
  add("restart", "Stop it if it runs, and start it",
      "Exit codes: 0 it runs, 2 wrong configuration (nothing was stopped), 3 it could not start",
      restart);
  auto* const status_command = add(
      "status", "Whether it runs, its tors, experiments and trouble",
      "Exit codes: 0 all is well, 1 none runs, or its store is in trouble, 3 unreadable", status);
  for (auto* const command : {stop_command, status_command})
    command->add_option("--data", options->data, "its data folder, instead of the configuration");
  status_command->add_flag("--json", options->json, "print one JSON object");
}

}  // namespace perfd::app
