#include "experiments/around.h"

#include <boost/asio/this_coro.hpp>

#include "base/at_exit.h"
#include "experiments/end_notice.h"

namespace perfd::experiments {

namespace {

// Why tor can't be measured through now.
std::optional<model::Outcome> not_ready(StreamJoin const* tor) {
  if (tor == nullptr || tor->state() == StreamJoin::State::up) return std::nullopt;
  return model::Outcome{tor->state() == StreamJoin::State::down
                            ? model::FailureCode::tor_down
                            : model::FailureCode::tor_not_bootstrapped,
                        std::string(net::name(net::Step::start)), tor->state_detail()};
}

// What tor can't tell of the measurement itself: the service and the circuit that were made for it.
void keep(model::Measurement& record, MeasurementPorts const& ports, Prepared const& prepared) {
  record.tor.chosen_path = ports.path != nullptr;
  if (prepared.circuit && record.tor.circuits.empty())
    record.tor.circuits.push_back(*prepared.circuit);
  if (!prepared.service) return;
  auto const& [address, host, service] = *prepared.service;
  if (!record.tor.onion) record.tor.onion.emplace().address = address;
  auto const now = ports.onion->find(address);
  record.tor.onion->service = now ? *now : service;
}

// A service that ended under the measurement closes its streams as any server would.
runtime::Task<> blame_service(OnionPort const& onion, OnionPort::Service const& service,
                              model::Outcome& outcome) {
  if (outcome.ok() || outcome.code == model::FailureCode::perfd_cancelled ||
      outcome.code == model::FailureCode::tor_down)
    co_return;
  auto const lives = [&] {
    auto const now = onion.find(service.address);
    return onion.up() && now && now->added_at == service.service.added_at;
  };
  co_await await_end_of(lives);
  if (lives()) co_return;
  outcome.code = model::FailureCode::tor_service_down;
  outcome.detail =
      (onion.up() ? onion.name() + ", was started anew" : onion.detail()) + "; " + outcome.detail;
}

// A record of what never began.
model::Measurement not_begun(MeasurementPorts const& ports, MeasurementSpec const& spec,
                             model::Outcome outcome) {
  net::TransferTrace trace;
  trace.mark_start();
  auto record = started_record(spec, trace.clock.wall(trace.clock.started()));
  if (ports.tor != nullptr) record.tor = ports.tor->view();
  record.marks = trace.marks;
  record.outcome = std::move(outcome);
  return record;
}

}  // namespace

// tor takes an empty password; RFC 1929 does not.
std::string password_of(MeasurementSpec const& spec) {
  bool const needed =
      !username_of(spec).empty() && spec.socks_version == wire::socks::Version::kSocks5;
  return needed ? "perfd" : "";
}

model::Measurement started_record(MeasurementSpec const& spec, WallTime started_at) {
  model::Measurement out;
  out.id = spec.id;
  out.source = spec.source;
  out.experiment = spec.experiment;
  out.kind = spec.kind;
  out.target = spec.target;
  out.arm = spec.arm;
  out.arm_turn = spec.arm_turn;
  out.guards = spec.guards;
  out.perfd_version = spec.perfd_version;
  out.started_at = started_at;
  out.scheduled_at = spec.scheduled_at == WallTime{} ? started_at : spec.scheduled_at;
  out.filesize = spec.size.count;
  out.socks_version = spec.socks_version == wire::socks::Version::kSocks5 ? 5 : 4;
  out.optimistic = spec.optimistic;
  if (spec.kind == model::Kind::resolve)
    out.remote = {spec.query, "", 0};
  else
    out.remote = {spec.host, "", spec.port};
  return out;
}

runtime::Task<model::Measurement> measure_prepared(MeasurementPorts ports, MeasurementSpec spec,
                                                   Work work) {
  namespace this_coro = boost::asio::this_coro;
  // The record must be returned even to a task that is being cancelled.
  bool const throws = co_await this_coro::throw_if_cancelled();
  co_await this_coro::throw_if_cancelled(false);

  auto const deadline = runtime::mono_now() + Nanos{spec.timeout};
  model::Measurement record;
  if (auto outcome = not_ready(ports.tor)) {
    record = not_begun(ports, spec, std::move(*outcome));
  } else {
    Prepared prepared;
    AtExit const done([&] { undo(ports, spec, prepared); });
    prepared = co_await prepare(ports, spec, deadline);
    if (prepared.service) {
      spec.host = prepared.service->host;
      spec.onion = prepared.service->address;
    }
    if (prepared.failure)
      record = not_begun(ports, spec, *prepared.failure);
    else
      record = co_await work(ports, spec, deadline);
    keep(record, ports, prepared);
    if (prepared.service) co_await blame_service(*ports.onion, *prepared.service, record.outcome);
  }
  co_await this_coro::throw_if_cancelled(throws);
  co_return record;
}

}  // namespace perfd::experiments
