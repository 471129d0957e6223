// `perfd report`: what the results of a store came to, and whether arms differ.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/cli.h"
#include "app/data_folder.h"
#include "app/report_waterfall.h"
#include "app/time_filter.h"
#include "base/text.h"
#include "formats/jsonl.h"
#include "report/collected.h"
#include "report/csv.h"
#include "report/groups.h"
#include "report/html.h"
#include "report/json.h"
#include "report/table.h"
#include "report/text.h"
#include "runtime/files.h"
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
  std::string html;  // file to write; "-": standard output
  std::string csv;
  std::string waterfall;  // an id, or "last"

  [[nodiscard]] bool to_files() const { return !html.empty() || !csv.empty(); }
};

struct Gathered {
  report::Groups groups;
  report::Collection collection;  // of what goes into files
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

// What the options need of each result is kept, and no more.
void keep(Gathered& gathered, Options const& options, model::Measurement const& measurement) {
  if (!options.to_files()) {
    gathered.groups.add(measurement);
    return;
  }
  gathered.collection.add(measurement);
  bool const to_compare = !options.names.empty() || !measurement.arm.empty();
  if (!options.html.empty() && to_compare) gathered.groups.add(measurement);
}

// The number of results that can't be read; each is told on standard error.
Result<std::size_t> gather(store::Reader& reader, store::Filter const& filter,
                           Options const& options, Gathered& gathered) {
  std::size_t unreadable = 0;
  auto const count = reader.for_each(filter, [&](store::Row const& row) {
    if (auto const measurement = formats::from_json_line(row.record)) {
      keep(gathered, options, *measurement);
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

std::vector<report::ComparedPair> compare_all(report::Groups::Pairs const& wanted,
                                              stats::CompareOptions const& how) {
  std::vector<report::ComparedPair> pairs;
  for (auto const& [base, other] : wanted)
    pairs.push_back({base, other, stats::compare(base->sample, other->sample, how)});
  return pairs;
}

Result<std::string> compared(report::Groups const& groups, Options const& options,
                             stats::CompareOptions const& how) {
  auto const wanted = groups.to_compare(options.names);
  if (!wanted) return wanted.error();
  auto const pairs = compare_all(*wanted, how);
  if (options.json) return success(report::comparisons_json(pairs, how.bootstrap) + "\n");
  std::string out;
  for (auto const& pair : pairs) out += report::comparison_text(pair) + "\n";
  return success(out + report::comparison_footer(pairs, how.bootstrap));
}

std::vector<std::string> filter_texts(Options const& options) {
  std::vector<std::string> out;
  for (auto const& experiment : options.experiments) out.push_back("experiment " + experiment);
  if (!options.since.empty()) out.push_back("since " + options.since);
  if (!options.until.empty()) out.push_back("until " + options.until);
  return out;
}

// 0, or an exit code after its reason was told.
int write_text(std::string const& text, std::string const& file) {
  if (file.empty() || file == "-") {
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
      return kDone;
    return complain("the report could not be written: no space, or a closed pipe", kCannotRun);
  }
  auto const written = runtime::write_file(file, text);
  return written ? kDone : complain(written.error().message, kCannotRun);
}

int write_files(Gathered& gathered, Options const& options, stats::CompareOptions const& how) {
  report::Groups::Pairs wanted;
  if (!options.html.empty()) {
    // Without names a page also is of experiments that have no arms.
    auto found = gathered.groups.to_compare(options.names);
    if (!found && !options.names.empty()) return complain(found.error().message, kUsage);
    if (found) wanted = std::move(*found);
  }
  auto const results = gathered.collection.finish(gathered.groups.places());
  if (!options.csv.empty())
    if (auto const code = write_text(report::summary_csv(results), options.csv); code != kDone)
      return code;
  if (options.html.empty()) return kDone;
  return write_text(
      report::html_page({results, filter_texts(options), PERFD_VERSION, compare_all(wanted, how),
                         "Nothing to compare: no experiment has results of two arms. perfd report "
                         "--html FILE --compare A B compares two experiments.",
                         how.bootstrap}),
      options.html);
}

// What is printed where no file is asked for.
Result<std::string> text_of(report::Groups const& groups, Options const& options,
                            stats::CompareOptions const& how) {
  if (options.compare) return compared(groups, options, how);
  return success(options.json ? report::summaries_json(groups.all()) + "\n"
                              : report::summary_tables(groups.all()));
}

Result<stats::CompareOptions> checked(Options const& options) {
  if (options.json && options.to_files())
    return Error{"--json prints what --html and --csv write in other forms: choose one"};
  if (options.html == "-" && options.csv == "-")
    return Error{"--html and --csv can't both go to standard output"};
  return compare_options(options);
}

Result<> check_waterfall_options(Options const& options) {
  if (options.html.empty())
    return Error{"--waterfall draws a page: --html FILE says where to, --html - prints it"};
  if (options.compare || options.json || !options.csv.empty())
    return Error{"--waterfall draws one measurement: --compare, --json and --csv are of many"};
  return check_waterfall(options.waterfall);
}

int draw_waterfall(Options const& options, store::Reader& reader, store::Filter const& filter,
                   std::filesystem::path const& store) {
  auto const page = waterfall_of(reader, filter, options.waterfall);
  if (!page) return complain(page.error().message, kCannotRun);
  if (!*page)
    return complain("no measurement to draw in " + store.string() +
                        (options.waterfall == "last" ? ": none that matches has begun"
                                                     : ": none has the id " + options.waterfall),
                    kFailed);
  return write_text(**page, options.html);
}

int run_report(Options const& options) {
  auto filter = filter_between(options.since, options.until);
  if (!filter) return complain(filter.error().message, kUsage);
  filter->experiments = options.experiments;
  if (!options.waterfall.empty())
    if (auto const right = check_waterfall_options(options); !right)
      return complain(right.error().message, kUsage);
  auto const how = checked(options);
  if (!how) return complain(how.error().message, kUsage);
  auto const data = choose_data(options.data, options.config);
  if (!data) return complain(data.error().message, kUsage);
  auto reader = store::Reader::open(data->store);
  if (!reader) return complain(reader.error().message, kCannotRun);

  if (!options.waterfall.empty()) return draw_waterfall(options, *reader, *filter, data->store);
  bool const samples = options.compare || options.to_files();
  Gathered gathered{
      report::Groups(samples ? report::Gathered::samples : report::Gathered::summaries), {}};
  auto const unreadable = gather(*reader, *filter, options, gathered);
  if (!unreadable) return complain(unreadable.error().message, kCannotRun);
  auto const done = *unreadable == 0 ? kDone : kFailed;
  if (gathered.groups.empty() && gathered.collection.empty())
    std::fprintf(stderr, "perfd: no results that match in %s\n", data->store.c_str());
  if (options.to_files()) {
    auto const code = write_files(gathered, options, *how);
    return code == kDone ? done : code;
  }
  if (gathered.groups.empty()) return done;
  auto const text = text_of(gathered.groups, options, *how);
  if (!text) return complain(text.error().message, kUsage);
  auto const code = write_text(*text, "");
  return code == kDone ? done : code;
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
  command
      ->add_option("--html", options->html,
                   "a page with plots and tables, one file without scripts; - is standard output")
      ->type_name("FILE");
  command
      ->add_option("--csv", options->csv,
                   "the quantiles of every experiment, arm, target and size; - is standard output")
      ->type_name("FILE");
  command
      ->add_option("--waterfall", options->waterfall,
                   "draw one measurement on an axis of time into the --html page: its id, or "
                   "last, the newest of those that --experiment, --since and --until choose")
      ->type_name("ID|last");
  command->footer(
      "Examples: perfd report --data /var/lib/perfd --since 2026-11-24\n"
      "          perfd report --data /var/lib/perfd --experiment early-data --compare\n"
      "          perfd report --data /var/lib/perfd --compare plain early --block 1d\n"
      "          perfd report --data /var/lib/perfd --since 2026-11-01 --html november.html\n"
      "          perfd report --data /var/lib/perfd --experiment page --waterfall last --html "
      "page.html\n"
      "Exit codes: 0 done, 1 some results were unreadable or there is nothing "
      "to draw, 2 wrong usage, 3 no store");
  command->callback([options, compare, &body] {
    options->compare = compare->count() > 0;
    std::erase(options->names, "");  // CLI11's stand-in for no name
    body = [options] { return run_report(*options); };
  });
}

}  // namespace perfd::app
