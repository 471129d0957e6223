// `perfd export`: results out of the store, in the formats that others read.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <set>

#include "app/chosen_results.h"
#include "app/cli.h"
#include "app/data_folder.h"
#include "app/export_collector.h"
#include "app/filter_options.h"
#include "formats/documents.h"
#include "formats/har.h"
#include "formats/tpf.h"
#include "publish/analysis.h"
#include "publish/output.h"
#include "report/onionperf_csv.h"
#include "report/tor_metrics_csv.h"
#include "runtime/files.h"
#include "store/reader.h"

namespace perfd::app {
namespace {

struct Options {
  std::string data;
  std::string config;
  std::string format = "jsonl";
  std::string output;
  FilterOptions filter;
  std::size_t limit = 0;
};

// Writes each result in the chosen format.
class Writer {
 public:
  Writer(publish::Output& out, std::string const& format) : out_(out), format_(format) {}

  // Before the first result and behind the last one.
  Result<void> begin() {
    text_.clear();
    if (format_ == "har") har_.begin(text_);
    if (format_ == "csv") text_ = report::onionperf_csv_head();
    return put();
  }
  Result<void> end() {
    text_.clear();
    if (format_ == "har") har_.end(text_);
    return put();
  }

  // The record as it is stored, without its line end.
  Result<void> write_line(std::string const& record) {
    text_ = record + "\n";
    ++count_;
    return put();
  }
  Result<void> write(model::Measurement const& measurement) {
    text_.clear();
    if (format_ == "tpf")
      formats::append_tpf(text_, measurement);
    else if (format_ == "csv")
      text_ = report::onionperf_csv_line(measurement);
    else if (format_ == "har")
      har_.add(text_, measurement);
    else
      append_documents(measurement);
    if (!text_.empty()) ++count_;
    return put();
  }
  [[nodiscard]] std::size_t count() const { return count_; }  // of results that the format can say

 private:
  Result<void> put() { return out_.write(text_); }
  void append_documents(model::Measurement const& m) {
    auto const download = formats::file_download_document(m);
    if (!download) return;
    text_ = *download + "\n";
    if (auto const stream = formats::stream_document(m)) text_ += *stream + "\n";
    for (auto const& circuit : m.tor.circuits)
      if (written_.insert(formats::circuit_guid(m.source, m.proxy.port, circuit)).second)
        text_ += formats::circuit_document(m.source, m.proxy.port, circuit) + "\n";
  }

  publish::Output& out_;
  std::string format_;
  std::string text_;
  formats::HarWriter har_{version()};
  std::set<std::string> written_;  // circuits that several measurements shared
  std::size_t count_ = 0;
};

struct Exported {
  std::size_t all = 0;
  std::size_t written = 0;
};

Result<Exported> export_rows(ChosenResults& results, std::string const& format,
                             publish::Output& out) {
  Writer writer(out, format);
  auto written = writer.begin();
  auto const write = [&](auto const& result) {
    if (!written) return false;
    if constexpr (std::is_same_v<decltype(result), std::string const&>)
      written = writer.write_line(result);
    else
      written = writer.write(result);
    return written.has_value();
  };
  // JSON lines are what the store has: nothing is parsed for them.
  auto const count = format == "jsonl" ? results.for_each_line(write) : results.for_each(write);
  if (!count) return count.error();
  if (written) written = writer.end();
  if (!written) return written.error();
  return Exported{*count + results.unreadable(), writer.count()};
}

Result<Exported> export_document(ChosenResults& results, publish::Output& out) {
  std::size_t all = 0;
  auto const count = results.for_each_brief([&](store::Brief const&) { return ++all > 0; });
  if (!count) return count.error();
  auto const& selection = results.selection();
  auto const each = [&](auto const& brief) { return results.for_each_brief(brief); };
  auto const written =
      publish::export_onionperf(results.reader(), {each, selection.since, selection.until},
                                [&](std::string_view text) { return out.write(text); });
  if (!written) return written.error();
  return Exported{all, *written};
}

// Five files in a folder.
int export_tables(ChosenResults& results, std::string const& folder) {
  if (folder.empty())
    return complain("--format tor-metrics writes five tables: name a folder for them by -o",
                    kUsage);
  if (auto const made = runtime::make_folder(folder); !made)
    return complain(made.error().message, kCannotRun);
  report::TorMetricsTables tables;
  auto const count = results.for_each([&](model::Measurement const& measurement) {
    tables.add(measurement);
    return true;
  });
  if (!count) return complain(count.error().message, kCannotRun);
  for (auto const& table : tables.tables()) {
    auto const path = std::filesystem::path(folder) / (table.name + ".csv");
    auto out = publish::Output::open(path.string());
    if (!out) return complain(out.error().message, kCannotRun);
    auto written = (*out)->write(table.text);
    if (written) written = (*out)->close();
    if (!written) return complain(written.error().message, kCannotRun);
    std::fprintf(stderr, "written: %s\n", path.c_str());
  }
  return results.unreadable() == 0 ? kDone : kFailed;
}

// Files of whole days: part of one would look like all of it.
int export_days(store::Reader& reader, model::Selection const& chosen, Options const& options) {
  model::Selection taken;
  taken.since = chosen.since;
  taken.until = chosen.until;
  taken.sources = chosen.sources;
  if (chosen != taken || options.limit > 0)
    return complain(
        "--format collector writes whole days: of the filters it takes --since, --until and "
        "--source alone",
        kUsage);
  return export_collector(reader, {options.output, chosen.sources, chosen.since, chosen.until});
}

int run_export(Options const& options) {
  auto selection = options.filter.selection();
  if (!selection) return complain(selection.error().message, kUsage);
  auto const data = choose_data(options.data, options.config);
  if (!data) return complain(data.error().message, kUsage);
  auto reader = store::Reader::open(data->store);
  if (!reader) return complain(reader.error().message, kCannotRun);
  if (options.format == "collector") return export_days(*reader, *selection, options);
  ChosenResults results(*reader, std::move(*selection));
  if (options.limit > 0)
    if (auto const kept = results.keep_newest(options.limit); !kept)
      return complain(kept.error().message, kCannotRun);

  if (options.format == "tor-metrics") return export_tables(results, options.output);
  auto out = publish::Output::open(options.output);
  if (!out) return complain(out.error().message, kCannotRun);
  auto const exported = options.format == "onionperf" ? export_document(results, **out)
                                                      : export_rows(results, options.format, **out);
  if (!exported) return complain(exported.error().message, kCannotRun);
  if (auto const closed = (*out)->close(); !closed)
    return complain(closed.error().message, kCannotRun);
  if (!options.output.empty())
    std::fprintf(stderr, "%zu results written to %s%s\n", exported->written, options.output.c_str(),
                 exported->written == exported->all ? ""
                                                    : (" (of " + std::to_string(exported->all) +
                                                       ": this format has no way to say the rest)")
                                                          .c_str());
  return results.unreadable() == 0 ? kDone : kFailed;
}

}  // namespace

void add_export(CLI::App& app, Body& body) {
  auto* const command = app.add_subcommand("export", "Write results to a file or standard output");
  auto const options = std::make_shared<Options>();
  command->add_option("--data", options->data,
                      "data folder of a perfd (a demo's, or /var/lib/perfd)");
  command->add_option("-c,--config", options->config, "configuration that names the store");
  command
      ->add_option("--format", options->format,
                   "jsonl: everything; tpf: Torperf's key=value lines; documents: file_download, "
                   "stream and circuit as JSON; onionperf: an analysis 3.1; har: page loads as "
                   "HAR 1.2; csv: the table of OnionPerf's visualize; tor-metrics: the five tables "
                   "of Tor Metrics, in a folder; collector: an analysis and .tpf of each day and "
                   "source, in a folder")
      ->check(CLI::IsMember(
          {"jsonl", "tpf", "documents", "onionperf", "har", "csv", "tor-metrics", "collector"}))
      ->capture_default_str();
  command->add_option("-o,--output", options->output,
                      "file to write, compressed if it ends in .xz or .gz; standard output without "
                      "it");
  options->filter.add_to(*command);
  command->add_option("--limit", options->limit, "of these the newest so many")->group("Filters");
  command->footer(
      "Examples: perfd export --data /var/lib/perfd --format tpf --since 2026-11-24\n"
      "          perfd export --format onionperf --since 2026-11-24 --until 2026-11-25 \\\n"
      "            -o 2026-11-24.op-de1.onionperf.analysis.json.xz\n"
      "          perfd export --format collector --since 2026-11-24 -o /var/lib/perfd/published\n"
      "Exit codes: 0 done, 1 some results were unreadable, 2 wrong usage, 3 no store");
  command->callback([options, &body] { body = [options] { return run_export(*options); }; });
}

}  // namespace perfd::app
