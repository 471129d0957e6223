#include "app/report_options.h"

#include <CLI/CLI.hpp>

#include "app/report_waterfall.h"
#include "base/text.h"

namespace perfd::app {

void ReportOptions::add_to(CLI::App& command) {
  command.add_option("PATH", paths,
                     "files, folders or tarballs of results, as perfd import takes them, in the "
                     "place of a store");
  command.add_option("--data", data, "data folder of a perfd (a demo's, or /var/lib/perfd)");
  command.add_option("-c,--config", config, "configuration that names the store");
  filter.add_to(command);
  command
      .add_option("--compare", names,
                  "the second against the first: arms, experiments without arms, or "
                  "EXPERIMENT/ARM; or source=NAME, tor=VERSION, a period FROM..TO, or any filter "
                  "as KEY=VALUE, within each experiment; without names all arms against the first")
      ->expected(0, 2)
      ->type_name("[A B]");
  command.add_option("--block", block,
                     "block of time whose measurements stay together (6h, 1d); by default the "
                     "time measured is cut into 10 to 20");
  command.add_option("--seed", seed, "of the draws that make the intervals")->capture_default_str();
  command.add_flag("--json", json, "one JSON object instead of text");
  command
      .add_option("--html", html,
                  "a page with plots and tables, one file without scripts; - is standard output")
      ->type_name("FILE");
  command
      .add_option("--csv", csv,
                  "the quantiles of every experiment, arm, target and size; - is standard output")
      ->type_name("FILE");
  command
      .add_option("--waterfall", waterfall,
                  "draw one measurement on an axis of time into the --html page: its id, or last, "
                  "the newest that the filters choose")
      ->type_name("ID|last");
}

void ReportOptions::settle(CLI::App const& command) {
  compare = command.count("--compare") > 0;
  std::erase(names, "");  // CLI11's stand-in for no name
}

Result<> ReportOptions::check_waterfall() const {
  if (waterfall.empty()) return {};
  if (html.empty())
    return Error{"--waterfall draws a page: --html FILE says where to, --html - prints it"};
  if (compare || json || !csv.empty())
    return Error{"--waterfall draws one measurement: --compare, --json and --csv are of many"};
  if (!paths.empty())
    return Error{"--waterfall draws a measurement of a store: perfd import makes one of files"};
  return check_waterfall_name(waterfall);
}

Result<stats::CompareOptions> ReportOptions::how() const {
  if (!paths.empty() && !(data.empty() && config.empty()))
    return Error{"files, or --data and --config: choose one"};
  if (auto const right = check_waterfall(); !right) return right.error();
  if (json && to_files())
    return Error{"--json prints what --html and --csv write in other forms: choose one"};
  if (html == "-" && csv == "-") return Error{"--html and --csv can't both go to standard output"};
  if (names.size() == 1)
    return Error{"--compare takes two names, or none: all arms against the first"};
  stats::CompareOptions out;
  out.bootstrap.seed = seed;
  if (block.empty()) return out;
  auto const length = parse_duration(block);
  if (!length) return Error{"--block: " + length.error().message};
  if (*length <= Micros{0}) return Error{"--block: must be longer than nothing"};
  out.block = *length;
  return out;
}

}  // namespace perfd::app
