// `perfd check`: is a configuration, a result file or the store all right?
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "app/check_files.h"
#include "app/cli.h"
#include "config/config.h"
#include "formats/jsonl.h"
#include "formats/onionperf_check.h"
#include "formats/tpf.h"
#include "store/store.h"

namespace perfd::app {
namespace {

struct Options {
  std::string config;
  std::vector<std::string> results;
  std::string store;
  bool reference = false;
};

int check_config(std::string const& path) {
  auto const loaded = config::load_path(path);
  if (!loaded) return complain(loaded.error());
  std::fputs(config::effective_toml(*loaded, config::Secrets::hidden).c_str(), stdout);
  for (auto const& warnings : {config::advice(*loaded), wrong_files(*loaded)})
    for (auto const& text : warnings)
      std::fprintf(stderr, "%s: warning: %s\n", path.c_str(), text.c_str());
  return kDone;
}

struct Tally {
  std::size_t good = 0;
  std::size_t bad = 0;
};

void complain_at(std::string const& path, std::size_t line, std::string const& what) {
  std::fprintf(stderr, "%s:%zu: %s\n", path.c_str(), line, what.c_str());
}

// JSON lines or Torperf's lines, told apart by the first character.
Tally check_lines(std::string const& path, std::istream& in) {
  Tally tally;
  formats::TpfReader tpf;
  std::string line;
  std::size_t number = 0;
  bool json = false;
  while (std::getline(in, line)) {
    ++number;
    if (number == 1) json = line.starts_with('{');
    std::optional<Error> error;
    if (json) {
      auto const read = formats::from_json_line(line);
      if (read)
        ++tally.good;
      else
        error = read.error();
    } else {
      auto const read = tpf.line(line);
      if (!read)
        error = read.error();
      else if (*read)
        ++tally.good;
    }
    if (!error) continue;
    ++tally.bad;
    complain_at(path, number, error->message);
  }
  if (!json) {
    if (auto const end = tpf.finish(); !end) {
      ++tally.bad;
      complain_at(path, number, end.error().message);
    }
  }
  return tally;
}

// An analysis document of OnionPerf's, in pieces, from the file's beginning.
Tally check_document(std::string const& path, std::istream& in) {
  formats::OnionPerfChecker checker([&](std::string const& what) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), what.c_str());
  });
  std::string piece(std::size_t{64} << 10U, '\0');
  while (in) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    if (!checker.feed({piece.data(), static_cast<std::size_t>(in.gcount())})) break;
  }
  auto const tally = checker.finish();
  return {tally.measurements - std::min(tally.measurements, tally.errors), tally.errors};
}

// By its name or, as a file may have any, by how it begins. A pipe can't be looked into.
bool is_document(std::string const& path) {
  if (path.ends_with(".json")) return true;
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  std::ifstream file(path);
  std::string beginning(256, '\0');
  file.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  beginning.resize(static_cast<std::size_t>(file.gcount()));
  return formats::begins_like_onionperf(beginning);
}

int check_results(std::vector<std::string> const& paths) {
  int code = kDone;
  for (auto const& path : paths) {
    std::ifstream file(path);
    if (!file) {
      code = complain("can't read " + path, kCannotRun);
      continue;
    }
    auto const tally = is_document(path) ? check_document(path, file) : check_lines(path, file);
    std::printf("%s: %zu results, %zu errors\n", path.c_str(), tally.good, tally.bad);
    if (tally.bad > 0 || tally.good == 0) code = kFailed;
  }
  return code;
}

int check_store(std::string const& path) {
  auto const sound = store::check_integrity(path);
  if (!sound) return complain(sound.error().message, kFailed);
  std::printf("%s: sound\n", path.c_str());
  return kDone;
}

int check(Options const& options) {
  if (options.reference) {
    std::fputs(config::configuration_reference().c_str(), stdout);
    return kDone;
  }
  int worst = kDone;
  if (!options.config.empty()) worst = std::max(worst, check_config(options.config));
  if (!options.results.empty()) worst = std::max(worst, check_results(options.results));
  if (!options.store.empty()) worst = std::max(worst, check_store(options.store));
  if (options.config.empty() && options.results.empty() && options.store.empty())
    return complain("nothing to check: give --config, --results or --store", kUsage);
  return worst;
}

}  // namespace

void add_check(CLI::App& app, Body& body) {
  auto* const command = app.add_subcommand(
      "check", "Check a configuration (and print what it means), result files, or a store");
  auto const options = std::make_shared<Options>();
  command->add_option("-c,--config", options->config,
                      "configuration: a file or a folder of *.toml");
  command->add_option("--results", options->results,
                      "result files: JSON lines, .tpf, or analysis documents of OnionPerf (.json)");
  command->add_option("--store", options->store, "a store's file (perfd.db): reads all of it");
  command->add_flag("--print-reference", options->reference,
                    "print the reference of all settings as Markdown");
  command->footer(
      "Example: perfd check --config /etc/perfd.toml\n"
      "Exit codes: 0 all right, 1 a result file or store is wrong, 2 wrong "
      "configuration, 3 unreadable");
  command->callback([options, &body] { body = [options] { return check(*options); }; });
}

}  // namespace perfd::app
