// The serving half of the daemon: the measurement server and the results, on a loop and a
// thread of their own, so that a busy server can't delay a mark.
// Thread: made and destroyed by the main thread; the rest happens on its own.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/api_answers.h"
#include "app/measuring_door.h"
#include "app/published_files.h"
#include "app/result_query.h"
#include "app/site.h"
#include "net/server.h"
#include "runtime/pool.h"
#include "runtime/socket.h"
#include "runtime/tls.h"
#include "web/api/api.h"
#include "web/api/event_stream.h"
#include "web/collector.h"
#include "web/monitoring.h"
#include "web/page/dashboard.h"
#include "web/probe.h"
#include "web/results.h"

namespace perfd::app {

// What the serving half knows of the measuring half. All of it outlives Serving.
struct Measured {
  MeasuringDoor& door;
  web::Metrics& metrics;
  web::Alerts const& alerts;
};

struct ServingOptions {
  std::string vantage;
  std::filesystem::path store;
  std::optional<std::filesystem::path> published;  // the folder; none: nothing is published
  Bytes max_size = MiB(100);
  std::optional<std::string> token;  // of [results] token-file
  std::vector<config::Probe> probes{};
  std::vector<std::string> tors{};                      // that a probe may name
  Site::Loopback loopback = Site::Loopback::everybody;  // at an address of the results' own
};

class Serving {
 public:
  // `measurement` sockets answer everything; `results` sockets, which may be none, answer the
  // results alone and are for an address of their own. `observer` outlives this object.
  Serving(ServingOptions options, Measured measured,
          std::vector<runtime::BoundListener> measurement,
          std::vector<runtime::BoundListener> results, net::ServerObserver& observer);
  // Answers on these sockets as on the measurement sockets, over https. REQUIRES: before start().
  void listen(std::vector<runtime::BoundListener> sockets, runtime::TlsContext const& tls);
  // From now on with another certificate. Thread: any.
  void renew(runtime::TlsContext tls);
  ~Serving();
  Serving(Serving const&) = delete;
  Serving& operator=(Serving const&) = delete;

  void start();
  // A picture of the daemon, for its status; the next one takes its place. Thread: any.
  void tell(web::api::LiveRef live);
  // A result was recorded. Thread: any.
  void recorded();
  void stop();  // ends every connection and the thread; idempotent

  [[nodiscard]] std::vector<runtime::Address> const& measurement_addresses() const {
    return measurement_addresses_;
  }
  [[nodiscard]] std::vector<runtime::Address> const& tls_addresses() const {
    return tls_addresses_;
  }
  // Where the results are.
  [[nodiscard]] std::vector<runtime::Address> const& results_addresses() const {
    return results_addresses_;
  }

 private:
  runtime::Task<> stop_servers();
  [[nodiscard]] std::vector<web::Part*> parts();

  runtime::Loop loop_;
  runtime::Pool pool_{2};
  StoreQuery query_;                         // depends-on: loop_, pool_
  ApiAnswers answers_;                       // depends-on: loop_
  web::Results results_;                     // depends-on: query_
  std::optional<FolderFiles> published_;     // depends-on: loop_, pool_
  std::optional<web::Collector> collector_;  // depends-on: published_
  web::api::EventStream events_;             // depends-on: loop_, query_
  web::Privilege privilege_;
  Asker asker_;                       // depends-on: loop_, pool_
  web::Monitoring monitoring_;        // depends-on: asker_
  web::Probe probe_;                  // depends-on: asker_, privilege_
  web::api::Api api_;                 // depends-on: answers_, query_
  web::Dashboard dashboard_;          // depends-on: answers_
  std::optional<Site> site_;          // depends-on: all parts before it
  std::optional<Site> results_site_;  // the same on an address of its own
  std::unique_ptr<net::MeasurementServer> server_;
  std::unique_ptr<net::MeasurementServer> results_server_;  // null: results are on server_
  runtime::TaskGroup tasks_{loop_};
  std::vector<runtime::Address> measurement_addresses_;
  std::vector<runtime::Address> tls_addresses_;
  std::vector<runtime::Address> results_addresses_;
  std::thread thread_;
};

}  // namespace perfd::app
