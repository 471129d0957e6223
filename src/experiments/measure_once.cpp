#include "experiments/measure_once.h"

#include <boost/asio/this_coro.hpp>

#include "experiments/race.h"
#include "net/resolve.h"
#include "net/upload.h"

namespace perfd::experiments {
namespace {

// How long tor's end may come behind the connection's.
constexpr Nanos kDeathNotice = std::chrono::milliseconds{500};
constexpr Nanos kDeathPoll = std::chrono::milliseconds{20};

std::string username_of(MeasurementSpec const& spec) {
  if (!spec.send_username) return {};
  return spec.username.empty() ? spec.id : spec.username;
}

// tor takes an empty password; RFC 1929 does not.
std::string password_of(MeasurementSpec const& spec) {
  bool const needed =
      !username_of(spec).empty() && spec.socks_version == wire::socks::Version::kSocks5;
  return needed ? "perfd" : "";
}

std::string path_of(MeasurementSpec const& spec) {
  if (!spec.path.empty()) return spec.path;
  return spec.kind == model::Kind::upload ? "/upload"
                                          : "/urandom/" + std::to_string(spec.size.count);
}

net::TransferSpec transfer_spec(MeasurementSpec const& spec, bool through_tor) {
  net::TransferSpec out;
  out.proxy = spec.proxy;
  out.socks_version = spec.socks_version;
  out.username = username_of(spec);
  out.password = password_of(spec);
  out.require_auth = through_tor;
  out.host = spec.host;
  out.port = spec.port;
  out.target = path_of(spec);
  out.host_field = spec.host_field;
  if (spec.size.count > 0) out.expected_bytes = spec.size.count;
  if (spec.own_server) out.measurement = spec.id;
  out.must_verify = spec.own_server;
  out.optimistic = spec.optimistic;
  return out;
}

// What is measured; `trace` takes its marks.
runtime::Task<Result<>> work_of(MeasurementPorts const& ports, MeasurementSpec const& spec,
                                net::TransferTrace& trace) {
  if (spec.kind == model::Kind::resolve) {
    net::ResolveSpec out;
    out.proxy = spec.proxy.value();
    out.socks_version = spec.socks_version;
    out.username = username_of(spec);
    out.password = password_of(spec);
    out.query = spec.query;
    out.reverse = spec.reverse;
    out.require_auth = ports.tor != nullptr;
    return net::resolve(ports.loop, std::move(out), trace);
  }
  auto transfer = transfer_spec(spec, ports.tor != nullptr);
  if (spec.kind == model::Kind::upload)
    return net::upload(ports.loop, std::move(transfer), spec.size.count, trace);
  return net::transfer(ports.loop, std::move(transfer), trace);
}

void keep(model::Measurement& record, net::TransferTrace const& trace) {
  record.marks = trace.marks;
  record.readbytes = trace.readbytes;
  record.writebytes = trace.writebytes;
  record.payload_bytes = trace.payload_bytes;
  record.socks_reply = trace.socks_reply;
  record.http_status = trace.http_status;
  record.resolved = trace.resolved;
  record.local = trace.local;
  record.proxy = trace.proxy;
  if (!trace.remote.empty()) record.remote = trace.remote;
}

std::optional<model::Outcome> not_ready(StreamJoin const* tor) {
  if (tor == nullptr || tor->state() == StreamJoin::State::up) return std::nullopt;
  return model::Outcome{tor->state() == StreamJoin::State::down
                            ? model::FailureCode::tor_down
                            : model::FailureCode::tor_not_bootstrapped,
                        std::string(net::name(net::Step::start)), tor->state_detail()};
}

// tor's end closes the connection before anybody can tell that tor ended.
runtime::Task<> await_death(StreamJoin const& tor) {
  auto const until = runtime::mono_now() + kDeathNotice;
  while (tor.state() == StreamJoin::State::up && runtime::mono_now() < until)
    co_await runtime::sleep_for(kDeathPoll);
}

bool may_be_tors_end(Raced const& raced) {
  if (!raced.error) return false;
  auto const& code = raced.error->code;
  return code == net::Errc::kProxyRefused || code == net::Errc::kReset ||
         code == net::Errc::kClosed || code == net::Errc::kTruncated || code == net::Errc::kIo;
}

runtime::Task<> join_tor(StreamJoin& tor, MeasurementSpec const& spec,
                         net::TransferTrace const& trace, MonoTime until,
                         model::Measurement& record) {
  // Before the request was sent tor had no stream to tell of.
  if (trace.marks.find(model::mark::kRequest) == nullptr) co_return;
  StreamJoin::Key key{username_of(spec), {}};
  if (!trace.local.address.empty())
    key.source_address = trace.local.address + ":" + std::to_string(trace.local.port);
  auto joined = co_await tor.join(std::move(key), until);
  record.tor.stream = std::move(joined.stream);
  record.tor.circuits = std::move(joined.circuits);
  record.tor.guard = std::move(joined.guard);
}

runtime::Task<> join_server(ServerMarks& server, MeasurementSpec const& spec,
                            net::TransferTrace const& trace, MonoTime until,
                            model::Measurement& record) {
  // A request that was never written was never seen.
  if (trace.marks.find(model::mark::kDataRequest) == nullptr) {
    server.forget(spec.id);
    co_return;
  }
  auto seen = co_await server.take(spec.id, until);
  if (!seen) co_return;
  record.server = std::move(seen->marks);
  // Of an upload that was cut off only the server knows how much came.
  if (spec.kind == model::Kind::upload) record.payload_bytes = seen->bytes;
}

// What comes in behind the transfer: tor's last events, the server's marks.
runtime::Task<> join(MeasurementPorts ports, MeasurementSpec const& spec,
                     net::TransferTrace const& trace, bool wait, model::Measurement& record) {
  auto const now = runtime::mono_now();
  auto const until = [&](Micros span) { return wait ? now + Nanos{span} : now; };
  if (ports.tor != nullptr)
    co_await join_tor(*ports.tor, spec, trace, until(spec.tor_wait), record);
  if (ports.server != nullptr)
    co_await join_server(*ports.server, spec, trace, until(spec.server_wait), record);
}

}  // namespace

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

runtime::Task<model::Measurement> measure_once(MeasurementPorts ports, MeasurementSpec spec) {
  namespace this_coro = boost::asio::this_coro;
  // The record must be returned even to a task that is being cancelled.
  bool const throws = co_await this_coro::throw_if_cancelled();
  co_await this_coro::throw_if_cancelled(false);

  // Not while it runs. A foreign server tells no digest to compare it with.
  if (spec.kind == model::Kind::upload && spec.own_server) net::prepare_upload(spec.size.count);
  net::TransferTrace trace;
  auto record = started_record(spec, trace.clock.wall(trace.clock.started()));
  if (ports.tor != nullptr) record.tor = ports.tor->view();
  if (auto outcome = not_ready(ports.tor)) {
    trace.mark_start();
    keep(record, trace);
    record.outcome = std::move(*outcome);
    co_await this_coro::throw_if_cancelled(throws);
    co_return record;
  }

  if (spec.kind == model::Kind::resolve) ports.server = nullptr;
  if (ports.server != nullptr) ports.server->expect(spec.id);
  auto const deadline = trace.clock.started() + Nanos{spec.timeout};
  auto const raced = co_await race(deadline, ports.stop, work_of(ports, spec, trace));
  keep(record, trace);
  bool const cancelled =
      (co_await this_coro::cancellation_state).cancelled() != boost::asio::cancellation_type::none;
  if (cancelled) {
    if (ports.server != nullptr) ports.server->forget(spec.id);
  } else {
    if (ports.tor != nullptr && may_be_tors_end(raced)) co_await await_death(*ports.tor);
    co_await join(ports, spec, trace, raced.ending != Ending::stopped, record);
  }
  std::optional<StreamJoin::State> state;
  if (ports.tor != nullptr) state = ports.tor->state();
  record.outcome = outcome_of(raced.ending, raced.error, trace, state,
                              state ? ports.tor->state_detail() : std::string());
  if (record.filesize == 0 && record.outcome.ok()) record.filesize = record.payload_bytes;
  co_await this_coro::throw_if_cancelled(throws);
  co_return record;
}

}  // namespace perfd::experiments
