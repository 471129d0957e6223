// `perfd report`: what the results of a store came to, and whether arms, sources, versions of tor
// or periods differ.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/chosen_results.h"
#include "app/cli.h"
#include "app/data_folder.h"
#include "app/report_files.h"
#include "app/report_gather.h"
#include "app/report_options.h"
#include "app/report_waterfall.h"
#include "base/text.h"
#include "model/selection_terms.h"
#include "report/collected.h"
#include "report/csv.h"
#include "report/figures.h"
#include "report/groups.h"
#include "report/html.h"
#include "report/json.h"
#include "report/sides.h"
#include "report/table.h"
#include "report/text.h"
#include "runtime/files.h"
#include "store/reader.h"

namespace perfd::app {
namespace {

std::vector<report::ComparedPair> compare_all(report::Groups::Pairs const& wanted,
                                              stats::CompareOptions const& how) {
  std::vector<report::ComparedPair> pairs;
  for (auto const& [base, other] : wanted)
    pairs.push_back({base, other, stats::compare(base->sample, other->sample, how)});
  return pairs;
}

// In the head of the text; nothing where all was taken.
std::string head_of(std::vector<std::string> const& filters) {
  std::string out;
  for (auto const& filter : filters) out += (out.empty() ? "filters: " : "; ") + filter;
  return out.empty() ? out : out + "\n\n";
}

Result<std::string> compared(Gathered const& gathered, ReportOptions const& options,
                             stats::CompareOptions const& how,
                             std::vector<std::string> const& filters) {
  auto const wanted = gathered.to_compare();
  if (!wanted) return wanted.error();
  auto const pairs = compare_all(*wanted, how);
  if (options.json) return success(report::comparisons_json(pairs, how.bootstrap, filters) + "\n");
  auto out = head_of(filters);
  for (auto const& pair : pairs) out += report::comparison_text(pair) + "\n";
  return success(out + report::comparison_footer(pairs, how.bootstrap));
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

int write_files(Gathered& gathered, ReportOptions const& options, stats::CompareOptions const& how,
                std::vector<std::string> const& filters) {
  report::Groups::Pairs wanted;
  if (!options.html.empty()) {
    // Without names a page also is of experiments that have no arms.
    auto found = gathered.to_compare();
    if (!found && !options.names.empty()) return complain(found.error().message, kUsage);
    if (found) wanted = std::move(*found);
  }
  auto const results = gathered.finish();
  if (!options.csv.empty())
    if (auto const code = write_text(report::summary_csv(results), options.csv); code != kDone)
      return code;
  if (options.html.empty()) return kDone;
  return write_text(
      report::html_page({results, filters, PERFD_VERSION, compare_all(wanted, how),
                         "Nothing to compare: no experiment has results of two arms. perfd report "
                         "--html FILE --compare A B compares two experiments, sources, versions of "
                         "tor or periods.",
                         how.bootstrap}),
      options.html);
}

// What is printed where no file is asked for.
Result<std::string> text_of(Gathered& gathered, ReportOptions const& options,
                            stats::CompareOptions const& how,
                            std::vector<std::string> const& filters) {
  if (options.compare) return compared(gathered, options, how, filters);
  auto const results = gathered.finish();
  auto const groups = gathered.groups().all();
  if (options.json) return success(report::summaries_json(groups, results, filters) + "\n");
  auto const figures = report::figure_tables(results);
  return success(head_of(filters) + report::summary_tables(groups, results) +
                 (figures.empty() ? "" : "\n" + figures));
}

Result<std::optional<report::Sides>> sides_of(std::vector<std::string> const& names) {
  auto const is_side = [](auto const& name) { return report::Sides::are_named_by(name); };
  if (names.size() != 2 || std::none_of(names.begin(), names.end(), is_side))
    return std::optional<report::Sides>();
  auto sides = report::Sides::parse(names[0], names[1]);
  if (!sides) return sides.error();
  return std::optional(std::move(*sides));
}

int draw_waterfall(ReportOptions const& options, model::Selection selection) {
  auto const data = choose_data(options.data, options.config);
  if (!data) return complain(data.error().message, kUsage);
  auto reader = store::Reader::open(data->store);
  if (!reader) return complain(reader.error().message, kCannotRun);
  ChosenResults results(*reader, std::move(selection));
  auto const page = waterfall_of(results, options.waterfall);
  if (!page) return complain(page.error().message, kCannotRun);
  if (!*page)
    return complain("no measurement to draw in " + data->store.string() +
                        (options.waterfall == "last" ? ": none that matches has begun"
                                                     : ": none has the id " + options.waterfall),
                    kFailed);
  return write_text(**page, options.html);
}

int run_report(ReportOptions const& options) {
  auto selection = options.filter.selection();
  if (!selection) return complain(selection.error().message, kUsage);
  auto const how = options.how();
  if (!how) return complain(how.error().message, kUsage);
  auto sides = sides_of(options.names);
  if (!sides) return complain(sides.error().message, kUsage);
  auto const filters = model::describe(*selection);
  if (!options.waterfall.empty()) return draw_waterfall(options, std::move(*selection));
  Gathered gathered(options, std::move(*sides));
  auto const unreadable =
      options.paths.empty()
          ? gather_from_store(options, std::move(*selection), gathered)
          : for_each_in_files(options.paths, *selection, [&](auto const& m) { gathered.add(m); });
  if (!unreadable) return complain(unreadable.error());
  auto const done = *unreadable == 0 ? kDone : kFailed;
  if (gathered.empty() && !options.paths.empty())
    std::fprintf(stderr, "perfd: no results that match in these files\n");
  if (options.to_files()) {
    auto const code = write_files(gathered, options, *how, filters);
    return code == kDone ? done : code;
  }
  if (gathered.empty()) return done;
  auto const text = text_of(gathered, options, *how, filters);
  if (!text) return complain(text.error().message, kUsage);
  auto const code = write_text(*text, "");
  return code == kDone ? done : code;
}

}  // namespace

void add_report(CLI::App& app, Body& body) {
  auto* const command =
      app.add_subcommand("report", "What results came to, and whether arms differ");
  auto const options = std::make_shared<ReportOptions>();
  options->add_to(*command);
  command->footer(
      "Examples: perfd report --data /var/lib/perfd --since 2026-11-24\n"
      "          perfd report --data /var/lib/perfd --experiment early-data --compare\n"
      "          perfd report --data /var/lib/perfd --compare plain early --block 1d\n"
      "          perfd report --data /var/lib/perfd --compare tor=0.4.8 tor=0.4.9\n"
      "          perfd report --data /var/lib/perfd --compare 2026-10-01..2026-11-01 "
      "2026-11-01..2026-12-01\n"
      "          perfd report --data /var/lib/perfd --since 2026-11-01 --html november.html\n"
      "          perfd report onionperf-2021-01.tar.xz --html january.html\n"
      "          perfd report --data /var/lib/perfd --experiment page --waterfall last --html "
      "page.html\n"
      "Exit codes: 0 done, 1 some results were unreadable or there is nothing to draw, 2 wrong "
      "usage, 3 no store");
  command->callback([options, command, &body] {
    options->settle(*command);
    body = [options] { return run_report(*options); };
  });
}

}  // namespace perfd::app
