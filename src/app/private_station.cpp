#include "app/private_station.h"

#include <boost/asio/cancellation_state.hpp>
#include <utility>

#include "app/startup.h"
#include "app/testnet_spec.h"
#include "base/text.h"
#include "runtime/clock.h"
#include "runtime/daemon.h"
#include "runtime/files.h"

namespace perfd::app {

using runtime::Task;

namespace {

constexpr auto kBootstrapLimit = std::chrono::seconds(60);

// A server on all addresses is reached at 127.0.0.1.
Result<wire::IpAddress> reached_at(config::ListenAddress const& listen) {
  auto const host = listen.address == "0.0.0.0" ? std::string("127.0.0.1") : listen.address;
  if (auto const ip = wire::parse_ip(host); ip && !ip->v6) return *ip;
  return Error{"the private network's exits reach IPv4 addresses only, not " + host};
}

config::Settings settings_of(PrivateStationOptions const& options,
                             testnet::TestNetwork const& network) {
  config::Settings out;
  out.vantage.name = options.vantage;
  out.server.listen = {{options.listen.address, 0}};
  out.results.listen = options.listen;
  out.server.listen_tls = {{options.listen.address, 0}};
  out.server.public_host = PrivateStation::kServerName;
  out.store.path = options.data.store.string();
  out.browser = options.browser;
  config::Tor tor;
  tor.name = PrivateStation::kTor;
  tor.binary = options.network.tor.string();
  tor.torrc = network.client_torrc();
  tor.torrc.insert(tor.torrc.end(), options.torrc.begin(), options.torrc.end());
  out.tors = {tor};
  for (auto more : options.more_tors) {
    more.binary = tor.binary;
    more.torrc.insert(more.torrc.begin(), tor.torrc.begin(), tor.torrc.end());
    out.tors.push_back(std::move(more));
  }
  out.experiments =
      options.experiments_on ? options.experiments_on(network.plan()) : options.experiments;
  return out;
}

}  // namespace

Task<Result<std::unique_ptr<PrivateStation>>> PrivateStation::start(runtime::Loop& loop,
                                                                    runtime::Launcher& launcher,
                                                                    PrivateStationOptions options) {
  std::unique_ptr<PrivateStation> out(new PrivateStation());
  std::optional<Error> error;
  std::exception_ptr thrown;
  try {
    if (auto const up = co_await out->bring_up(loop, launcher, options); up.has_error())
      error = up.error();
  } catch (...) {
    thrown = std::current_exception();
  }
  if (!error && !thrown) co_return std::move(out);
  // Whoever cancelled the start still wants every process to end.
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  (void)co_await out->stop();
  if (thrown) std::rethrow_exception(thrown);
  co_return *error;
}

Task<Result<>> PrivateStation::bring_up(runtime::Loop& loop, runtime::Launcher& launcher,
                                        PrivateStationOptions& options) {
  auto const address = reached_at(options.listen);
  if (address.has_error()) co_return address.error();
  options.network.zone = {{kServerName, *address}};
  auto sockets = bind_all({{options.listen.address, 0}}, "the measurement server");
  if (sockets.has_error()) co_return sockets.error();
  auto results = bind_all({options.listen}, "--listen");
  if (results.has_error()) co_return results.error();
  auto tls = bind_all({{options.listen.address, 0}}, "https");
  if (tls.has_error()) co_return tls.error();

  // The station keeps it for longer than the options live.
  auto const told = [progress = options.on_progress](std::string const& step) {
    if (progress) progress(step);
  };
  auto network = co_await testnet::TestNetwork::start(
      loop, launcher, options.network, [&told](testnet::Progress const& step) { told(step.text); });
  if (network.has_error()) co_return network.error();
  network_ = std::move(*network);
  if (options.on_node_death) network_->on_node_death(options.on_node_death);

  StationOptions station{
      settings_of(options, *network_),
      options.data,
      std::move(*sockets),
      std::move(*tls),
      std::move(*results),
      options.on_record,
      [told](tor::Instance const& tor) { told("tor " + tor.name() + ": " + tor.detail()); }};
  auto opened = Station::open(loop, launcher, std::move(station));
  if (opened.has_error()) co_return opened.error();
  station_ = std::move(*opened);
  station_->start_tors();
  co_return co_await await_bootstrap(kTor);
}

Task<Result<>> PrivateStation::await_bootstrap(std::string tor) {
  co_return co_await await_tor(station_->tor(tor)->instance(), kBootstrapLimit);
}

PrivateStation::~PrivateStation() = default;

Task<Result<>> PrivateStation::stop() {
  Result<> stored;
  if (station_) stored = co_await station_->stop();
  if (network_) co_await network_->stop();
  co_return stored;
}

Result<NetworkFolder> free_network_folder(std::string const& name) {
  auto const folder = testnet_folder("").parent_path() / name;
  if (!runtime::PidFile::holder(folder / "network.pid")) return NetworkFolder{folder, false};
  auto temporary = runtime::make_temporary_folder("perfd-" + name);
  if (!temporary) return temporary.error();
  return NetworkFolder{std::move(*temporary), true};
}

}  // namespace perfd::app
