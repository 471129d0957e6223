#include "app/analyze.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/analysis_days.h"
#include "app/cli.h"
#include "app/import_talk.h"
#include "base/time_text.h"
#include "import/import.h"
#include "runtime/files.h"

namespace perfd::app {
namespace {

struct Options {
  std::vector<std::string> tgen;
  std::vector<std::string> torctl;
  std::vector<std::string> paths;
  std::string prefix = ".";
  std::string output;
  std::string nickname;
  std::string address;
  std::string date_filter;
  std::string date_prefix;
  int compression = AnalysisPlace{}.compression;
};

class AnalysisSink final : public ImportTalk {
 public:
  explicit AnalysisSink(AnalysisDays& days) : days_(days) {}
  Result<void> measurement(model::Measurement measurement) override {
    return days_.add(std::move(measurement));
  }
  Result<void> circuit(model::Circuit circuit) override { return days_.add(std::move(circuit)); }

 private:
  AnalysisDays& days_;
};

Result<void> require_date(std::string const& text, std::string const& option) {
  if (text.empty()) return {};
  auto const time = parse_time(text);
  if (time && format_date(*time) == text) return {};
  return Error{option + ": takes a date such as 2021-01-01"};
}

Result<AnalysisPlace> place_of(Options const& options) {
  AnalysisPlace place;
  place.folder = options.prefix;
  if (!options.output.empty()) {
    std::filesystem::path const path(options.output);
    place.folder = path.has_parent_path() ? path.parent_path() : ".";
    place.file = path.filename().string();
  }
  if (!options.address.empty()) place.address = options.address;
  for (auto const& [text, option] : {std::pair(options.date_filter, "--date-filter"),
                                     std::pair(options.date_prefix, "--date-prefix")})
    if (auto const good = require_date(text, option); !good) return good.error();
  place.compression = options.compression;
  place.only = options.date_filter;
  place.date_in_name = options.date_prefix.empty() ? options.date_filter : options.date_prefix;
  return place;
}

void tell(AnalysisDays const& days) {
  for (auto const& one : days.written())
    std::printf("%s: %s, %s\n", one.file.c_str(), counted(one.transfers, "transfer").c_str(),
                counted(one.circuits, "circuit").c_str());
}

int run_analyze(Options const& options) {
  std::vector<std::filesystem::path> paths(options.tgen.begin(), options.tgen.end());
  paths.insert(paths.end(), options.torctl.begin(), options.torctl.end());
  paths.insert(paths.end(), options.paths.begin(), options.paths.end());
  if (paths.empty()) return complain("name the logs of TGen and of the control connection", kUsage);
  auto place = place_of(options);
  if (!place) return complain(place.error().message, kUsage);
  for (auto const& path : paths) {
    std::error_code error;
    auto const status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
      return complain(path.string() + ": " + (error ? error.message() : "no such file"), kUsage);
    // As OnionPerf does: of a folder of logs a document for each day.
    if (std::filesystem::is_directory(status) && place->only.empty()) place->by_day = true;
  }
  if (place->by_day && !place->file.empty())
    return complain("-o names one file, and logs in a folder make one a day: use --prefix", kUsage);
  if (auto const made = runtime::make_folder(place->folder); !made)
    return complain(made.error().message, kCannotRun);

  AnalysisDays days(std::move(*place));
  auto const counts = [&] {
    AnalysisSink sink(days);
    return import::import_files(paths, {.source = options.nickname}, sink);
  }();
  if (!counts) return complain(counts.error().message, kCannotRun);
  if (auto const done = days.finish(); !done) return complain(done.error().message, kCannotRun);
  tell(days);
  if (days.written().empty()) return complain("no transfers and no circuits in there", kFailed);
  return counts->broken == 0 ? kDone : kFailed;
}

}  // namespace

void add_analyze(CLI::App& app, Body& body) {
  auto* const command = app.add_subcommand(
      "analyze", "OnionPerf's logs to the documents of its analysis, in one step");
  auto const options = std::make_shared<Options>();
  command->add_option("PATH", options->paths, "logs of both kinds, or folders of them; also .xz");
  command->add_option("-t,--tgen", options->tgen, "log of TGen, or folder of them");
  command->add_option("-c,--torctl", options->torctl,
                      "log of the control connection, or folder of them");
  command
      ->add_option("-p,--prefix", options->prefix,
                   "folder for [DATE.]onionperf.analysis.json.xz (made if there is none)")
      ->capture_default_str();
  command->add_option("-o,--output", options->output,
                      "file to write instead, compressed if it ends in .xz or .gz");
  command->add_option("-n,--nickname", options->nickname,
                      "name of the measuring host, instead of what the logs say");
  command->add_option("-a,--address", options->address, "IP address of the measuring host");
  command->add_option("-d,--date-filter", options->date_filter, "only this day (UTC)");
  command->add_option("-x,--date-prefix", options->date_prefix, "date for the name of the file");
  command
      ->add_option("--compression", options->compression,
                   "0 to 9, as of xz: 6 takes several times as long, for files a quarter smaller")
      ->check(CLI::Range(0, 9))
      ->capture_default_str();
  command->footer(
      "Of folders, a document of each day. Both logs of a time belong together: perfd finds out.\n"
      "Examples: perfd analyze -t onionperf.tgen.log -c onionperf.torctl.log\n"
      "          perfd analyze onionperf-data/ --prefix documents --nickname op-de1\n"
      "Exit codes: 0 done, 1 some lines were broken or there was nothing, 2 wrong usage, 3 it "
      "can't "
      "be written");
  command->callback([options, &body] { body = [options] { return run_analyze(*options); }; });
}

}  // namespace perfd::app
