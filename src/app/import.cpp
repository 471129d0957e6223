// `perfd import`: results of Torperf and OnionPerf into the store.
#include "import/import.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/cli.h"
#include "app/data_folder.h"
#include "app/import_talk.h"
#include "app/rollup_numbers.h"
#include "formats/json_writer.h"
#include "runtime/clock.h"
#include "store/bulk.h"

namespace perfd::app {
namespace {

struct Options {
  std::string data;
  std::string config;
  std::vector<std::string> paths;
  import::Options import;
  bool json = false;
};

class StoreSink final : public ImportTalk {
 public:
  explicit StoreSink(store::Bulk& store) : store_(store) {}

  Result<void> measurement(model::Measurement measurement) override {
    return store_.add(std::move(measurement));
  }
  Result<void> circuit(model::Circuit circuit) override { return store_.add(std::move(circuit)); }

 private:
  store::Bulk& store_;
};

void tell(import::Counts const& counts, std::size_t fresh, std::string const& store) {
  std::printf("%s of %s: %zu new, %zu there already",
              counted(counts.measurements, "result").c_str(), counted(counts.files, "file").c_str(),
              fresh, counts.measurements - fresh);
  if (counts.circuits > 0) std::printf("; %s", counted(counts.circuits, "circuit").c_str());
  if (counts.broken > 0)
    std::printf("; %s", (counted(counts.broken, "broken line") + " or file" +
                         (counts.broken == 1 ? "" : "s"))
                            .c_str());
  if (counts.passed_by > 0)
    std::printf("; %s of other kinds passed by", counted(counts.passed_by, "file").c_str());
  std::printf("\nin %s\n", store.c_str());
}

std::string json_of(import::Counts const& counts, std::size_t fresh) {
  std::string text;
  formats::JsonWriter out(text);
  auto const number = [](std::size_t count) { return static_cast<std::int64_t>(count); };
  out.begin_object();
  out.field("files", number(counts.files));
  out.field("measurements", number(counts.measurements));
  out.field("new", number(fresh));
  out.field("circuits", number(counts.circuits));
  out.field("broken", number(counts.broken));
  out.field("passed_by", number(counts.passed_by));
  out.end_object();
  return text;
}

int run_import(Options const& options) {
  auto const data = choose_data(options.data, options.config);
  if (!data) return complain(data.error().message, kUsage);
  std::vector<std::filesystem::path> const paths(options.paths.begin(), options.paths.end());
  for (auto const& path : paths)
    if (std::error_code error; !std::filesystem::exists(path, error))
      return complain(path.string() + ": " + (error ? error.message() : "no such file"), kUsage);
  auto store = store::Bulk::open(
      data->store, [] { return runtime::wall_now(); }, rollup_numbers());
  if (!store) return complain(store.error().message, kCannotRun);
  auto const counts = [&] {
    StoreSink sink(**store);
    return import::import_files(paths, options.import, sink);
  }();
  // What was read before an error stays.
  auto const fresh = (*store)->finish();
  if (!counts) return complain(counts.error().message, kCannotRun);
  if (!fresh) return complain(fresh.error().message, kCannotRun);
  if (options.json)
    std::printf("%s\n", json_of(*counts, *fresh).c_str());
  else
    tell(*counts, *fresh, data->store.string());
  return counts->broken == 0 ? kDone : kFailed;
}

}  // namespace

void add_import(CLI::App& app, Body& body) {
  auto* const command = app.add_subcommand(
      "import", "Results of Torperf, OnionPerf and other perfds, into the store");
  auto const options = std::make_shared<Options>();
  command
      ->add_option(
          "PATH", options->paths,
          "files, folders or tarballs: perfd's JSON lines, .tpf, .data, .extradata, .mergedata, "
          "onionperf.analysis.json, logs of TGen and torctl; also .xz, .gz")
      ->required();
  command->add_option("--data", options->data, "data folder (made if there is none)");
  command->add_option("-c,--config", options->config, "configuration that names the store");
  command->add_option("--source", options->import.source,
                      "name of the vantage point, instead of what the files say");
  command->add_flag("--json", options->json, "print the counts as one JSON object");
  command->footer(
      "Importing again adds nothing: what is there already is known by its text.\n"
      "Examples: perfd import --data results onionperf-2021-01.tar.xz\n"
      "          perfd import --data results onionperf-data/ --source op-hk5\n"
      "Exit codes: 0 done, 1 some lines or files were broken, 2 wrong usage, 3 the store can't be "
      "written");
  command->callback([options, &body] { body = [options] { return run_import(*options); }; });
}

}  // namespace perfd::app
