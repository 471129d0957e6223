// `perfd measure download|upload|page|resolve`: once, or -n times, in the terminal; like curl, with
// marks.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/cli.h"
#include "app/interactive.h"
#include "app/log.h"
#include "app/measure_options.h"
#include "app/measure_target.h"
#include "app/print.h"
#include "app/testnet_spec.h"
#include "base/text.h"
#include "config/words.h"
#include "runtime/clock.h"

namespace perfd::app {
namespace {

using runtime::Task;

class Measure final : public Interactive {
 public:
  Measure(MeasureOptions const& options, std::unique_ptr<MeasureTarget> target)
      : options_(options), target_(std::move(target)), printer_(options.json) {}

  Task<int> work() override {
    auto const ready =
        co_await target_->prepare([this](std::string const& step) { progress_.show(step); });
    progress_.clear();
    if (ready.has_error()) co_return complain(ready.error().message, kCannotRun);
    for (int i = 0; i < options_.count; ++i) {
      progress_.show("measuring " + std::to_string(i + 1) + " of " +
                     std::to_string(options_.count));
      auto const record = co_await target_->measure();
      progress_.clear();
      if (!printer_.print(record)) co_return kCannotRun;
    }
    co_return printer_.total().failed() == 0 ? kDone : kFailed;
  }

  Task<int> tidy_up() override {
    progress_.clear();
    co_await target_->tidy_up();
    if (options_.count > 1) printer_.print_summary();
    co_return kDone;
  }

 private:
  MeasureOptions const& options_;
  std::unique_ptr<MeasureTarget> target_;
  Progress progress_;
  ResultPrinter printer_;
};

int measure(MeasureOptions const& options) {
  if (auto const wrong = usage_error(options)) return complain(*wrong, kUsage);
  // Every failure is in the result; the log would tell it twice.
  if (auto set = log::set_up(log::LogLevel::error, std::nullopt); !set)
    return complain(set.error().message, kCannotRun);
  auto channel = runtime::LauncherChannel::fork_now();
  if (!channel) return complain(channel.error().message, kCannotRun);
  runtime::Loop loop;
  runtime::Launcher launcher(loop, std::move(*channel));
  auto target = make_target(loop, launcher, options);
  if (!target) {
    loop.run_until_done(launcher.stop());
    return complain(target.error());
  }
  Measure command(options, std::move(*target));
  return run_interactive(loop, launcher, command, false);
}

// Options that all kinds share.
void add_ways(CLI::App& command, MeasureOptions& options) {
  command.add_option("--socks", options.socks,
                     "through this SOCKS proxy: 127.0.0.1:9050, or unix:/path");
  command.add_option("--socks-version", options.socks_version, "4 (IPv4 addresses alone), 4a or 5")
      ->check(CLI::IsMember({"4", "4a", "5"}))
      ->capture_default_str();
  command.add_option("--tor", options.tor, "through a tor that is started for it: its binary");
  command.add_option("--torrc", options.torrc, "a line for that tor's torrc; repeatable");
  command.add_option("--torrc-file", options.torrc_file, "a file of such lines");
  command.add_flag("--testnet", options.testnet,
                   "through a private Tor network that is started for it, to perfd's own server");
  command.add_option("-n", options.count, "so many times, one after the other")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command.add_option("--timeout", options.timeout, "of each measurement")->capture_default_str();
  command.add_flag("--json", options.json, "print each result as one JSON line");
}

// A command of `perfd measure`; `examples` are its own.
void add_kind(CLI::App& measuring, Body& body, config::Kind kind, char const* about,
              std::string const& examples) {
  auto const options = std::make_shared<MeasureOptions>();
  options->kind = kind;
  auto* const command = measuring.add_subcommand(std::string(config::name(kind)), about);
  switch (kind) {
    case config::Kind::resolve:
      command->add_option("NAME", options->query, "the name to look up, or an address for its name")
          ->required();
      break;
    case config::Kind::upload:
      command->add_option("--url", options->url, "http:// address to POST to");
      command->add_option("--size", options->size,
                          "bytes to upload (50KiB, 1MiB); 50 KiB if not given");
      break;
    case config::Kind::page:
      command->add_option("--url", options->url, "http:// or https:// address to load");
      command->add_option("--page", options->page, "page of perfd's own server (with --testnet)")
          ->check(CLI::IsMember({"median", "plain", "form"}))
          ->capture_default_str();
      command->add_flag("--https", options->https, "that page over TLS (with --testnet)");
      command->add_option("--size", options->size,
                          "bytes that the page form uploads (50KiB, 1MiB); 50 KiB if not given");
      command->add_option("--browser", options->browser, "Firefox: a path, or a name in PATH")
          ->capture_default_str();
      command->add_option("--screenshot", options->screenshot,
                          "PNG file for what is seen at the end; of several loads the last one's");
      break;
    default:
      command->add_option("--url", options->url, "http:// address to download");
      command->add_option("--size", options->size,
                          "bytes to download (50KiB, 1MiB) from perfd's own server; of a URL: "
                          "what must come");
  }
  if (kind != config::Kind::resolve)
    command->add_flag("--optimistic", options->optimistic,
                      "early data: send the request before the proxy has answered");
  add_ways(*command, *options);
  command->footer("Examples: " + examples +
                  "\nExit codes: 0 all were ok, 1 some failed, 2 wrong usage, 3 it could not run");
  command->callback([options, &body] { body = [options] { return measure(*options); }; });
}

}  // namespace

void add_measure(CLI::App& app, Body& body) {
  auto* const command = app.add_subcommand("measure", "Measure once, now, in the terminal");
  command->require_subcommand(1);
  add_kind(*command, body, config::Kind::download, "Time a download step by step",
           "perfd measure download --testnet --size 1MiB -n 5\n"
           "          perfd measure download --socks 127.0.0.1:9050 --url http://example.org/");
  add_kind(*command, body, config::Kind::upload, "Time an upload step by step",
           "perfd measure upload --testnet --size 1MiB -n 5\n"
           "          perfd measure upload --socks 127.0.0.1:9050 --url http://example.org/upload");
  add_kind(*command, body, config::Kind::page, "Time a page load in a real Firefox",
           "perfd measure page --testnet\n"
           "          perfd measure page --socks 127.0.0.1:9050 --url https://example.org/");
  add_kind(*command, body, config::Kind::resolve, "Time how long tor takes to resolve a name",
           "perfd measure resolve perfd.test --testnet\n"
           "          perfd measure resolve example.org --socks 127.0.0.1:9050");
}

}  // namespace perfd::app
