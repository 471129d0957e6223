#include "app/serving.h"

#include <algorithm>
#include <utility>

#include "app/cli.h"
#include "app/log.h"
#include "runtime/clock.h"
#include "runtime/descriptor.h"

namespace perfd::app {
namespace {

// Strangers may hold a quarter of the descriptors at each of the two servers; what measures, and
// the store, never lack one.
net::ServerOptions server_options(Bytes max_size) {
  net::ServerOptions out;
  out.max_connections = std::min(out.max_connections, runtime::raise_descriptor_limit() / 4);
  out.max_size = max_size;
  return out;
}

web::api::ApiOptions api_options(std::optional<std::string> token) {
  web::api::ApiOptions out;
  out.privilege = web::Privilege(std::move(token));
  out.now = runtime::wall_now;
  out.version = version();
  return out;
}

web::DashboardOptions dashboard_options(ServingOptions const& options) {
  web::DashboardOptions out;
  out.vantage = options.vantage;
  out.publishes = options.published.has_value();
  out.version = version();
  out.now = runtime::wall_now;
  return out;
}

std::vector<runtime::Address> listen_all(net::MeasurementServer& server,
                                         std::vector<runtime::BoundListener> sockets) {
  for (auto& socket : sockets) server.listen(std::move(socket));
  return server.addresses();
}

}  // namespace

Serving::Serving(ServingOptions options, Measured measured,
                 std::vector<runtime::BoundListener> measurement,
                 std::vector<runtime::BoundListener> results, net::ServerObserver& observer)
    : query_(loop_, pool_, options.store),
      answers_(loop_, options.store, measured.alerts),
      results_(query_),
      events_(loop_, query_),
      privilege_(options.token),
      asker_(measured.door, loop_, pool_, options.store),
      monitoring_(asker_, measured.metrics),
      probe_(asker_, measured.metrics, privilege_, std::move(options.probes),
             std::move(options.tors)),
      api_(answers_, query_, api_options(std::move(options.token))),
      dashboard_(answers_, dashboard_options(options)) {
  if (options.published) {
    published_.emplace(loop_, pool_, std::move(*options.published));
    collector_.emplace(*published_, options.vantage);
  }
  site_.emplace(parts(), Site::Loopback::everybody);
  results_site_.emplace(parts(), options.loopback);
  loop_.on_task_failure([](std::string_view task, std::string_view what) {
    log::error("task-failed",
               {{"thread", "serving"}, {"task", std::string(task)}, {"what", std::string(what)}});
  });
  bool const apart = !results.empty();
  server_ = std::make_unique<net::MeasurementServer>(loop_, server_options(options.max_size),
                                                     apart ? nullptr : &*site_, &observer);
  measurement_addresses_ = listen_all(*server_, std::move(measurement));
  results_addresses_ = measurement_addresses_;
  if (!apart) return;
  // No payload from this address: it may be open to people who are not part of a measurement.
  results_server_ = std::make_unique<net::MeasurementServer>(loop_, server_options({0}),
                                                             &*results_site_, nullptr);
  results_addresses_ = listen_all(*results_server_, std::move(results));
}

void Serving::listen(std::vector<runtime::BoundListener> sockets, runtime::TlsContext const& tls) {
  for (auto& socket : sockets) {
    tls_addresses_.push_back(socket.address());
    server_->listen(std::move(socket), tls);
  }
}

void Serving::renew(runtime::TlsContext tls) {
  loop_.post([this, tls = std::move(tls)] { server_->renew(tls); });
}

std::vector<web::Part*> Serving::parts() {
  std::vector<web::Part*> out{&dashboard_, &results_};
  if (collector_) out.push_back(&*collector_);
  out.insert(out.end(), {&events_, &monitoring_, &probe_, &api_});
  return out;
}

Serving::~Serving() { stop(); }

void Serving::start() {
  thread_ = std::thread([this] { loop_.run(); });
}

void Serving::tell(web::api::LiveRef live) {
  loop_.post([this, live = std::move(live)] { answers_.tell(live); });
}

void Serving::recorded() {
  loop_.post([this] { events_.look(); });
}

runtime::Task<> Serving::stop_servers() {
  co_await events_.stop();
  co_await server_->stop();
  if (results_server_) co_await results_server_->stop();
  loop_.stop();
}

void Serving::stop() {
  if (!thread_.joinable()) return;
  loop_.post([this] { tasks_.spawn("stop", stop_servers()); });
  thread_.join();
}

}  // namespace perfd::app
