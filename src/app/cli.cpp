#include "app/cli.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/analyze.h"
#include "runtime/signals.h"

namespace perfd::app {

char const* version() { return PERFD_VERSION; }

int complain(std::string const& message, int exit_code) {
  std::fprintf(stderr, "perfd: %s\n", message.c_str());
  return exit_code;
}

Error wrong_usage(std::string message) {
  return {std::move(message), make_error_code(boost::system::errc::invalid_argument)};
}

int complain(Error const& error) {
  bool const usage = error.code == boost::system::errc::invalid_argument;
  return complain(error.message, usage ? kUsage : kCannotRun);
}

int complain(config::Diagnostics const& problems) {
  std::fputs(config::to_string(problems).c_str(), stderr);
  return kUsage;
}

int run_command_line(int argc, char** argv) {
  CLI::App app(
      "perfd measures what Tor's users feel: it downloads through tor on a schedule, writes down\n"
      "when every step happened and which circuit carried it, and serves the results.\n\n"
      "See it work, without configuration, root or internet:   perfd demo\n"
      "Measure once through a tor that runs:                   perfd measure download "
      "--socks 127.0.0.1:9050 --url http://example.org/\n"
      "Run it for good:                                        perfd start -c /etc/perfd.toml",
      "perfd");
  app.set_version_flag("--version", std::string("perfd ") + version());
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  Body body;
  add_demo(app, body);
  add_run(app, body);
  add_background(app, body);
  add_measure(app, body);
  add_testnet(app, body);
  add_export(app, body);
  add_import(app, body);
  add_analyze(app, body);
  add_report(app, body);
  add_guards(app, body);
  add_proxy(app, body);
  add_check(app, body);
  if (argc <= 1) {
    std::fputs(app.help().c_str(), stdout);
    return kUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (CLI::Success const& done) {
    return app.exit(done);  // --help, --version
  } catch (CLI::ParseError const& wrong) {
    app.exit(wrong);
    return kUsage;
  }
  runtime::ignore_broken_pipes();
  try {
    return body();
  } catch (std::exception const& e) {
    return complain(e.what(), kCannotRun);
  }
}

}  // namespace perfd::app
