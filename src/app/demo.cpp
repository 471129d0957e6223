// `perfd demo`: a private Tor network and a whole perfd on it, without configuration.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/cli.h"
#include "app/demo_experiments.h"
#include "app/interactive.h"
#include "app/log.h"
#include "app/print.h"
#include "app/private_station.h"
#include "app/testnet_spec.h"
#include "base/text.h"
#include "runtime/clock.h"
#include "runtime/files.h"

namespace perfd::app {
namespace {

using runtime::Task;

struct Options {
  TestnetOptions network;
  std::string run_for;
  std::string data;
  std::string listen = "127.0.0.1:0";
  std::string browser = config::Browser().binary;
  bool json = false;
  bool full = false;
};

class Demo final : public Interactive {
 public:
  Demo(runtime::Loop& loop, runtime::Launcher& launcher, PrivateStationOptions options, bool json,
       std::optional<Micros> run_for)
      : loop_(loop),
        launcher_(launcher),
        options_(std::move(options)),
        json_(json),
        run_for_(run_for),
        printer_(json),
        over_(loop.context()) {
    options_.on_progress = [this](std::string const& step) { show(step); };
    options_.on_record = [this](model::Measurement const& record) { print(record); };
    options_.on_node_death = [this](Error const& error) {
      lost_ = error;
      over_.set();
    };
  }

  Task<int> work() override {
    begun_ = runtime::mono_now();
    auto const data = options_.data.folder;
    auto const tors = options_.more_tors;
    auto started = co_await PrivateStation::start(loop_, launcher_, std::move(options_));
    starting_ = false;
    progress_.clear();
    if (started.has_error()) co_return complain(started.error().message, kCannotRun);
    station_ = std::move(*started);
    introduce(data, tors.size());
    // The first one at once: the schedule's slots lie on a grid of their own.
    auto const first = station_->station().settings().experiments.front();
    co_await station_->station().measure(first);
    for (auto const& tor : tors) {
      auto const up = co_await station_->await_bootstrap(tor.name);
      if (up.has_error()) co_return complain(up.error().message, kCannotRun);
    }
    station_->station().start_schedule();
    if (run_for_)
      (void)co_await over_.wait_until(runtime::mono_now() + *run_for_);
    else
      co_await over_.wait();
    if (lost_) co_return complain(lost_->message, kCannotRun);
    co_return unread_ ? complain("nobody reads standard output any more", kCannotRun) : kDone;
  }

  Task<int> tidy_up() override {
    progress_.clear();
    if (!station_) co_return kDone;
    auto const stored = co_await station_->stop();
    printer_.print_summary();
    co_return stored.has_error() ? complain(stored.error().message, kFailed) : kDone;
  }

 private:
  // Results may come in as JSON on standard output; people read the rest.
  [[nodiscard]] std::FILE* people() const { return json_ ? stderr : stdout; }

  void show(std::string const& step) {
    if (!starting_) return;
    progress_.show(describe_duration(floor_us(runtime::mono_now() - begun_)) + "  " + step);
  }

  void introduce(std::filesystem::path const& data, std::size_t more_tors) {
    auto& network = station_->network();
    std::fprintf(people(),
                 "private Tor network: %zu tor processes on loopback, %s start, after %s\n",
                 network.pids().size() + 1 + more_tors, network.warm() ? "warm" : "cold",
                 describe_duration(floor_us(runtime::mono_now() - begun_)).c_str());
    for (auto const& url : station_->station().results_urls())
      std::fprintf(people(), "dashboard: %s (results: results.jsonl and results.tpf there)\n",
                   url.c_str());
    std::fprintf(people(), "export: perfd export --data %s\n", data.c_str());
    std::fprintf(people(),
                 "Ctrl-C ends it. ttfb and ttlb: time from the start to the first and the "
                 "last byte.\n\n");
    std::fflush(people());
  }

  void print(model::Measurement const& record) {
    if (printer_.print(record)) return;
    unread_ = true;
    over_.set();
  }

  runtime::Loop& loop_;
  runtime::Launcher& launcher_;
  PrivateStationOptions options_;
  bool json_;
  std::optional<Micros> run_for_;
  Progress progress_;
  ResultPrinter printer_;
  std::unique_ptr<PrivateStation> station_;
  runtime::Event over_;
  std::optional<Error> lost_;
  MonoTime begun_{};
  bool starting_ = true;
  bool unread_ = false;  // standard output was closed
};

Result<config::ListenAddress> parse_listen(std::string const& text) {
  auto const address = runtime::Address::parse(text);
  if (!address || address->is_unix())
    return wrong_usage("--listen '" + printable(text, 60) +
                       "': write ADDRESS:PORT, as in 127.0.0.1:8080");
  return config::ListenAddress{address->host(), address->port()};
}

struct Folders {
  std::filesystem::path data;
  NetworkFolder network;
};

Result<Folders> choose_folders(std::string const& data, std::string const& name) {
  if (!data.empty()) {
    auto const folder = std::filesystem::absolute(data);
    if (auto made = runtime::make_folder(folder); !made) return made.error();
    return Folders{folder, {folder / "testnet", false}};
  }
  auto network = free_network_folder(name);
  if (!network) return network.error();
  auto folder = runtime::make_temporary_folder("perfd-demo");
  if (!folder) return folder.error();
  return Folders{std::move(*folder), std::move(*network)};
}

// Where there is no browser, everything else goes on without page loads.
void choose_browser(Options const& options, PrivateStationOptions& station) {
  station.browser.binary = options.browser;
  if (!options.full) station.browser.at_once = 1;
  if (runtime::find_program(options.browser)) return;
  std::fprintf(stderr,
               "perfd: no Firefox '%s' on this machine, so no pages are loaded: install "
               "firefox-esr, or name one with --browser\n",
               printable(options.browser, 200).c_str());
  station.experiments = without_pages(std::move(station.experiments));
  if (auto const all = station.experiments_on)
    station.experiments_on = [all](testnet::Plan const& plan) { return without_pages(all(plan)); };
}

int run_demo(PrivateStationOptions station, bool json, std::optional<Micros> run_for) {
  if (auto set = log::set_up(log::LogLevel::info, station.data.log_file()); !set)
    return complain(set.error().message, kCannotRun);
  auto channel = runtime::LauncherChannel::fork_now();
  if (!channel) return complain(channel.error().message, kCannotRun);
  log::write_behind();
  runtime::Loop loop;
  runtime::Launcher launcher(loop, std::move(*channel));
  Demo command(loop, launcher, std::move(station), json, run_for);
  return run_interactive(loop, launcher, command, true);
}

int demo(Options const& options) {
  std::optional<Micros> run_for;
  if (!options.run_for.empty()) {
    auto const span = parse_duration(options.run_for);
    if (!span) return complain("--for: " + span.error().message, kUsage);
    run_for = *span;
  }
  auto const listen = parse_listen(options.listen);
  if (!listen) return complain(listen.error());

  // What is wrong with the network is told before any folder is made.
  auto network = options.network;
  if (options.full) make_full(network);
  auto spec = testnet_spec(network, {});
  if (!spec) return complain(spec.error());
  auto const folders = choose_folders(options.data, options.full ? "demo-full" : "demo");
  if (!folders) return complain(folders.error().message, kCannotRun);
  PrivateStationOptions station;
  station.network = std::move(*spec);
  station.network.folder = folders->network.path;
  station.listen = *listen;
  station.vantage = "demo";
  station.experiments = demo_experiments();
  if (options.full) station.experiments_on = full_demo_experiments;
  station.more_tors = options.full ? full_demo_tors() : demo_tors();
  choose_browser(options, station);
  station.data = data_folder(folders->data);
  // Beside the network, so that this tor, too, starts warm the next time.
  station.data.tors = folders->network.path / "perfd";
  auto const code = run_demo(std::move(station), options.json, run_for);
  std::error_code ignored;
  if (options.data.empty()) std::filesystem::remove_all(folders->data, ignored);
  if (folders->network.temporary) std::filesystem::remove_all(folders->network.path, ignored);
  return code;
}

}  // namespace

void add_demo(CLI::App& app, Body& body) {
  auto* const command = app.add_subcommand(
      "demo",
      "See it work: a private Tor network on loopback, downloads and page loads through it, "
      "results");
  auto const options = std::make_shared<Options>();
  command->add_option("--for", options->run_for,
                      "measure for so long (60s, 5m), print a summary and end");
  command->add_flag("--json", options->json, "print each result as one JSON line, as export does");
  command->add_flag("--full", options->full,
                    "three authorities, weights, 25 ms a hop; guard policies, chosen paths, more "
                    "onion services");
  command->add_option("--data", options->data,
                      "keep results and network in this folder (a temporary one by default)");
  command->add_option("--listen", options->listen, "where to serve; port 0 takes a free one")
      ->capture_default_str();
  command->add_option("--browser", options->browser, "Firefox: a path, or a name in PATH")
      ->capture_default_str();
  add_testnet_options(*command, options->network);
  command->footer(
      "Example: perfd demo --for 60s --data /tmp/perfd\n"
      "Exit codes: 0 ended by --for or Ctrl-C, 2 wrong usage, 3 it could not run");
  command->callback([options, &body] { body = [options] { return demo(*options); }; });
}

}  // namespace perfd::app
