// `perfd report`: what the results of a store came to, and whether arms differ.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/cli.h"
#include "app/data_folder.h"
#include "app/time_filter.h"
#include "base/text.h"
#include "formats/jsonl.h"
#include "report/groups.h"
#include "report/json.h"
#include "report/table.h"
#include "report/text.h"
#include "store/reader.h"

namespace perfd::app {
namespace {

struct Options {
  std::string data;
  std::string config;
  std::string since;
  std::string until;
  std::vector<std::string> experiments;
  bool compare = false;
  std::vector<std::string> names;  // to compare; none: all arms
  std::string block;
  std::uint64_t seed = 1;
  bool json = false;
};

Result<stats::CompareOptions> compare_options(Options const& options) {
  if (options.names.size() == 1)
    return Error{"--compare takes two names, or none: all arms against the first"};
  stats::CompareOptions out;
  out.bootstrap.seed = options.seed;
  if (options.block.empty()) return out;
  auto const length = parse_duration(options.block);
  if (!length) return Error{"--block: " + length.error().message};
  if (*length <= Micros{0}) return Error{"--block: must be longer than nothing"};
  out.block = *length;
  return out;
}

// The number of results that can't be read; each is told on standard error.
Result<std::size_t> gather(store::Reader& reader, store::Filter const& filter,
                           report::Groups& groups) {
  std::size_t unreadable = 0;
  auto const count = reader.for_each(filter, [&](store::Row const& row) {
    if (auto const measurement = formats::from_json_line(row.record)) {
      groups.add(*measurement);
    } else {
      std::fprintf(stderr, "perfd: result %lld can't be read: %s\n",
                   static_cast<long long>(row.seq), measurement.error().message.c_str());
      ++unreadable;
    }
    return true;
  });
  if (!count) return count.error();
  return unreadable;
}

Result<std::string> compared(report::Groups const& groups, Options const& options,
                             stats::CompareOptions const& how) {
  auto const wanted = groups.to_compare(options.names);
  if (!wanted) return wanted.error();
  std::vector<report::ComparedPair> pairs;
  for (auto const& [base, other] : *wanted)
    pairs.push_back({base, other, stats::compare(base->sample, other->sample, how)});
  if (options.json) return success(report::comparisons_json(pairs, how.bootstrap) + "\n");
  std::string out;
  for (auto const& pair : pairs) out += report::comparison_text(pair) + "\n";
  return success(out + report::comparison_footer(pairs, how.bootstrap));
}

int run_report(Options const& options) {
  auto filter = filter_between(options.since, options.until);
  if (!filter) return complain(filter.error().message, kUsage);
  filter->experiments = options.experiments;
  auto const how = compare_options(options);
  if (!how) return complain(how.error().message, kUsage);
  auto const data = choose_data(options.data, options.config);
  if (!data) return complain(data.error().message, kUsage);
  auto reader = store::Reader::open(data->store);
  if (!reader) return complain(reader.error().message, kCannotRun);

  report::Groups groups(options.compare ? report::Gathered::samples : report::Gathered::summaries);
  auto const unreadable = gather(*reader, *filter, groups);
  if (!unreadable) return complain(unreadable.error().message, kCannotRun);
  if (groups.empty()) {
    std::fprintf(stderr, "perfd: no results that match in %s\n", data->store.c_str());
    return *unreadable == 0 ? kDone : kFailed;
  }
  std::string text;
  if (options.compare) {
    auto found = compared(groups, options, *how);
    if (!found) return complain(found.error().message, kUsage);
    text = std::move(*found);
  } else {
    text = options.json ? report::summaries_json(groups.all()) + "\n"
                        : report::summary_tables(groups.all());
  }
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    return complain("the report could not be written: no space, or a closed pipe", kCannotRun);
  return *unreadable == 0 ? kDone : kFailed;
}

}  // namespace

void add_report(CLI::App& app, Body& body) {
  auto* const command =
      app.add_subcommand("report", "What results came to, and whether arms differ");
  auto const options = std::make_shared<Options>();
  command->add_option("--data", options->data,
                      "data folder of a perfd (a demo's, or /var/lib/perfd)");
  command->add_option("-c,--config", options->config, "configuration that names the store");
  command->add_option("--experiment", options->experiments, "only these experiments")
      ->delimiter(',');
  command->add_option("--since", options->since, "only what started at or after this time (UTC)");
  command->add_option("--until", options->until, "only what started before this time (UTC)");
  auto* const compare =
      command
          ->add_option("--compare", options->names,
                       "the second name against the first: arms, experiments without arms, or "
                       "EXPERIMENT/ARM; without names all arms against the first")
          ->expected(0, 2)
          ->type_name("[A B]");
  command->add_option("--block", options->block,
                      "block of time whose measurements stay together (6h, 1d); by default the "
                      "time measured is cut into 10 to 20");
  command->add_option("--seed", options->seed, "of the draws that make the intervals")
      ->capture_default_str();
  command->add_flag("--json", options->json, "one JSON object instead of text");
  command->footer(
      "Examples: perfd report --data /var/lib/perfd --since 2026-11-24\n"
      "          perfd report --data /var/lib/perfd --experiment early-data --compare\n"
      "          perfd report --data /var/lib/perfd --compare plain early --block 1d\n"
      "Exit codes: 0 done, 1 some results were unreadable, 2 wrong usage, 3 no store");
  command->callback([options, compare, &body] {
    options->compare = compare->count() > 0;
    std::erase(options->names, "");  // CLI11's stand-in for no name
    body = [options] { return run_report(*options); };
  });
}

}  // namespace perfd::app
