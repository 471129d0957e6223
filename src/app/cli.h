// The command line: one function a command, each in a file of its name.
//
// Exit codes, the same for all commands (docs/commands.md):
//   0  done
//   1  it ran, and what was measured or checked failed
//   2  wrong usage or configuration
//   3  it could not run: no tor, a port in use, a broken store
// Thread: the main thread, before any other exists.
#pragma once

#include <functional>
#include <string>

#include "config/config.h"

namespace CLI {
class App;
}

namespace perfd::app {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;
inline constexpr int kCannotRun = 3;

int run_command_line(int argc, char** argv);

// What the chosen command does, set while the line is parsed and run after it.
using Body = std::function<int()>;

void add_run(CLI::App& app, Body& body);
void add_background(CLI::App& app, Body& body);  // start, stop, restart, status
void add_measure(CLI::App& app, Body& body);
void add_demo(CLI::App& app, Body& body);
void add_testnet(CLI::App& app, Body& body);
void add_export(CLI::App& app, Body& body);
void add_import(CLI::App& app, Body& body);
void add_report(CLI::App& app, Body& body);
void add_guards(CLI::App& app, Body& body);
void add_proxy(CLI::App& app, Body& body);
void add_check(CLI::App& app, Body& body);

// "perfd: MESSAGE" on standard error; gives the exit code back.
int complain(std::string const& message, int exit_code);
// An error of the one who typed, as opposed to one of the machine.
[[nodiscard]] Error wrong_usage(std::string message);
// Tells it, and gives kUsage or kCannotRun back.
int complain(Error const& error);
// Every problem of a configuration, each on its line; gives kUsage back.
int complain(config::Diagnostics const& problems);

[[nodiscard]] char const* version();

}  // namespace perfd::app
