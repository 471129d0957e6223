// `perfd guards`: how the guards of each tor rank, which are set, and which were really used.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <limits>
#include <map>

#include "app/cli.h"
#include "app/data_folder.h"
#include "app/filter_options.h"
#include "app/guard_report.h"
#include "base/text.h"
#include "store/reader.h"

namespace perfd::app {
namespace {

constexpr std::size_t kTopOfText = 10;

struct Options {
  std::string data;
  std::string config;
  std::string tor;
  FilterOptions filter;
  std::optional<std::size_t> top;
  bool json = false;
};

using Reports = std::map<std::string, GuardReport>;  // by instance

GuardReport& report_of(Reports& reports, std::string const& instance) {
  return reports.try_emplace(instance, instance).first->second;
}

Result<Reports> gather(store::Reader& reader, Options const& options,
                       model::Selection const& period) {
  Reports out;
  auto rankings = reader.guard_rankings();
  if (!rankings) return rankings.error();
  for (auto& ranking : *rankings)
    if (options.tor.empty() || ranking.instance == options.tor)
      report_of(out, ranking.instance).add(std::move(ranking));
  store::EventFilter filter;
  filter.instance = options.tor;
  filter.until = period.until;
  // What is in force may have been chosen before the period.
  auto const choices = reader.for_each_guard_choice(filter, [&](model::GuardChoice const& choice) {
    report_of(out, choice.instance).add(choice, !period.since || choice.at >= *period.since);
    return true;
  });
  if (!choices) return choices.error();
  filter.since = period.since;
  auto const circuits = reader.for_each_circuit(filter, [&](model::Circuit const& circuit) {
    report_of(out, circuit.instance).add(circuit);
    return true;
  });
  if (!circuits) return circuits.error();
  return out;
}

int run_guards(Options const& options) {
  auto const period = options.filter.selection();
  if (!period) return complain(period.error().message, kUsage);
  auto const data = choose_data(options.data, options.config);
  if (!data) return complain(data.error().message, kUsage);
  auto reader = store::Reader::open(data->store);
  if (!reader) return complain(reader.error().message, kCannotRun);
  auto const reports = gather(*reader, options, *period);
  if (!reports) return complain(reports.error().message, kCannotRun);
  if (reports->empty()) {
    auto const whose =
        options.tor.empty() ? std::string("any tor") : "tor '" + printable(options.tor, 60) + "'";
    std::fprintf(stderr, "perfd: nothing is known of the guards of %s in %s\n", whose.c_str(),
                 data->store.c_str());
    return options.tor.empty() ? kDone : kUsage;
  }
  std::string text;
  for (auto const& [instance, report] : *reports) {
    if (options.json)
      text += report.json(options.top.value_or(std::numeric_limits<std::size_t>::max())) + "\n";
    else
      text += (text.empty() ? "" : "\n") + report.text(options.top.value_or(kTopOfText));
  }
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    return complain("the guards could not be written: no space, or a closed pipe", kCannotRun);
  return kDone;
}

}  // namespace

void add_guards(CLI::App& app, Body& body) {
  auto* const command =
      app.add_subcommand("guards", "How entry guards rank, which are set, which were used");
  auto const options = std::make_shared<Options>();
  command->add_option("--data", options->data,
                      "data folder of a perfd (a demo's, or /var/lib/perfd)");
  command->add_option("-c,--config", options->config, "configuration that names the store");
  command->add_option("--tor", options->tor, "only this tor instance");
  options->filter.add_to(*command, {"since", "until"});
  command->add_option("--top", options->top,
                      "how much of the ranking is shown beside the guards that are set; by default "
                      "10, of JSON all");
  command->add_flag("--json", options->json, "one JSON object a tor, each on its line");
  command->footer(
      "Example: perfd guards --data /var/lib/perfd --tor fast --since 2026-11-24 --top 20\n"
      "Exit codes: 0 done, 2 wrong usage or no such tor, 3 no store");
  command->callback([options, &body] { body = [options] { return run_guards(*options); }; });
}

}  // namespace perfd::app
