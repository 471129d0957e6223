// A whole perfd but for its command line: tors, server, store and schedule, put together.
//
// `run`, `demo` and `measure` each build one. What it needs of root is done before: the
// sockets are bound, the launcher is forked.
// Thread: the measuring loop's; open() and destruction while it does not run.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/browser_keeper.h"
#include "app/data_folder.h"
#include "app/experiment_runner.h"
#include "app/measuring_door.h"
#include "app/page_lists.h"
#include "app/publisher.h"
#include "app/server_certificate.h"
#include "app/serving.h"
#include "app/slo_watch.h"
#include "app/status_file.h"
#include "app/tor_unit.h"
#include "config/config.h"
#include "runtime/pool.h"
#include "schedule/scheduler.h"
#include "store/reader.h"

namespace perfd::app {

struct StationOptions {
  config::Settings settings;
  DataFolder data;
  std::vector<runtime::BoundListener> measurement;
  std::vector<runtime::BoundListener> tls;      // https of the measurement server
  std::vector<runtime::BoundListener> results;  // none: results are on the measurement sockets
  std::function<void(model::Measurement const&)> on_record;
  std::function<void(tor::Instance const&)> on_tor_state;
};

class Station final : private MeasuringSide {
 public:
  // Opens the store and begins to serve; measures nothing yet. Errors: the store's, a tor
  // binary that is missing.
  [[nodiscard]] static Result<std::unique_ptr<Station>> open(runtime::Loop& loop,
                                                             runtime::Launcher& launcher,
                                                             StationOptions options);
  ~Station() override;  // REQUIRES: stop() was awaited
  Station(Station const&) = delete;
  Station& operator=(Station const&) = delete;

  void start_tors();
  void start_schedule();
  // Ends what runs, as PERFD_CANCELLED, the tors, the server and the store. The error tells how
  // many records could not be saved.
  [[nodiscard]] runtime::Task<Result<>> stop();

  // One measurement beside the schedule; a record whatever happens, also where the task that
  // waits for it is cancelled.
  [[nodiscard]] runtime::Task<model::Measurement> measure(config::Experiment experiment);

  // Takes over what can change while it runs.
  config::Reload reload(config::Settings const& wanted);

  [[nodiscard]] config::Settings const& settings() const { return settings_; }
  [[nodiscard]] Serving const& serving() const { return *serving_; }
  [[nodiscard]] TorUnit* tor(std::string const& name);
  // Where people find the results.
  [[nodiscard]] std::vector<std::string> results_urls() const;
  // All but what the process knows of itself.
  [[nodiscard]] Status status() const;
  // What the web server tells of it.
  [[nodiscard]] web::api::Live live() const;

 private:
  struct Last {
    std::string outcome;
    WallTime at{};
    std::optional<WallTime> ok_at{};
  };

  Station(runtime::Loop& loop, runtime::Launcher& launcher, StationOptions& options,
          std::unique_ptr<store::Store> store);
  // What the serving thread asks for.
  [[nodiscard]] web::DaemonState state() const override;
  void probe(web::ProbeOrder order, Told told) override;
  [[nodiscard]] bool measures(std::string const& host) const;

  void record(model::Measurement const& measurement);
  void remember_last(store::Reader& results);
  runtime::Task<> tell();
  runtime::Task<> tidy();
  runtime::Task<> watch_store();
  [[nodiscard]] PublishingRules publishing_rules() const;
  void renew_certificate();
  [[nodiscard]] PageListsPlace lists_place(DataFolder const& data);
  [[nodiscard]] RunnerParts runner_parts(DataFolder const& data);
  [[nodiscard]] tor::OnionSettings onion_settings(config::Tor const& tor,
                                                  DataFolder const& data) const;
  void offer_services();

  runtime::Loop& loop_;
  config::Settings settings_;
  std::function<void(model::Measurement const&)> on_record_;
  std::filesystem::path store_path_;
  std::unique_ptr<store::Store> store_;
  TorRecorder recorder_;
  experiments::ServerMarks marks_;
  web::Metrics metrics_;
  web::Alerts alerts_;
  MeasuringDoor door_;
  std::unique_ptr<Serving> serving_;                // depends-on: marks_, metrics_, alerts_, door_
  std::optional<ServerCertificate> certificate_{};  // nothing where there is no https
  runtime::Pool pool_{1};  // for what tors know of all relays, at each consensus
  std::vector<std::unique_ptr<TorUnit>> tors_;  // depends-on: pool_
  BrowserKeeper browsers_;
  PageLists page_lists_;  // depends-on: tors_
  std::filesystem::path screenshots_;
  Publisher publisher_;
  SloWatch slo_watch_;  // depends-on: metrics_, alerts_
  runtime::Event stop_;
  std::unique_ptr<ExperimentRunner> runner_;
  std::unique_ptr<schedule::Scheduler> scheduler_;
  bool scheduled_ = false;
  runtime::TaskGroup tasks_;
  runtime::TaskGroup measuring_;  // beside the schedule
  WallTime started_at_;
  std::map<std::string, Last> last_;  // by experiment; also of what was measured before the start
  std::uint64_t measurements_ = 0;
  std::uint64_t failures_ = 0;
};

}  // namespace perfd::app
