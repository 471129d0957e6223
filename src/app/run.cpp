// `perfd run`: the daemon in the foreground, for a terminal or a supervisor such as systemd.
#include "app/cli.h"
#include "app/daemon.h"
#include "app/daemon_place.h"
#include "config/config.h"

namespace perfd::app {
namespace {

int run(std::string const& config) {
  auto const settings = config::load_path(config);
  if (!settings) return complain(settings.error());
  auto const place = take_place(*settings);
  if (!place) return complain(place.error().message, kCannotRun);
  return run_daemon({std::filesystem::absolute(config), *settings, place->data,
                     log_target(*settings, place->data, false), [](std::string_view failure) {
                       if (!failure.empty()) (void)complain(std::string(failure), kCannotRun);
                     }});
}

}  // namespace

void add_run(CLI::App& app, Body& body) {
  auto* const command = app.add_subcommand("run", "Measure on a schedule, in the foreground");
  auto const config = std::make_shared<std::string>(kDefaultConfig);
  command->add_option("-c,--config", *config, "configuration: a file or a folder of *.toml")
      ->capture_default_str();
  command->footer(
      "Example: perfd run -c perfd.toml\n"
      "SIGHUP reads the configuration again; SIGTERM and Ctrl-C end it.\n"
      "Exit codes: 0 ended as told, 1 some records could not be saved, 2 wrong configuration, "
      "3 it could not start");
  command->callback([config, &body] { body = [config] { return run(*config); }; });
}

}  // namespace perfd::app
