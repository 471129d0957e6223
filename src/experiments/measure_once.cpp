#include "experiments/measure_once.h"

#include <boost/asio/this_coro.hpp>

#include "experiments/around.h"
#include "experiments/end_notice.h"
#include "experiments/race.h"
#include "net/resolve.h"
#include "net/upload.h"

namespace perfd::experiments {
namespace {

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
  StreamJoin::Key key{username_of(spec), {}, spec.onion, record.started_at};
  if (!trace.local.address.empty())
    key.source_address = trace.local.address + ":" + std::to_string(trace.local.port);
  auto joined = co_await tor.join(std::move(key), until);
  record.tor.stream = std::move(joined.stream);
  record.tor.circuits = std::move(joined.circuits);
  record.tor.guard = std::move(joined.guard);
  record.tor.onion = std::move(joined.onion);
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
                     net::TransferTrace const& trace, Raced const& raced,
                     model::Measurement& record) {
  auto const now = runtime::mono_now();
  bool const wait = raced.ending != Ending::stopped;
  // A request that was sent along with one for a connection never came where that was refused.
  bool const refused = raced.error && raced.error->code == net::Errc::kSocksRejected;
  auto const until = [&](Micros span, bool worth) { return worth ? now + Nanos{span} : now; };
  if (ports.tor != nullptr)
    co_await join_tor(*ports.tor, spec, trace, until(spec.tor_wait, wait), record);
  if (ports.server != nullptr)
    co_await join_server(*ports.server, spec, trace, until(spec.server_wait, wait && !refused),
                         record);
}

// With everything prepared.
runtime::Task<model::Measurement> transfer(MeasurementPorts ports, MeasurementSpec spec,
                                           MonoTime deadline) {
  namespace this_coro = boost::asio::this_coro;
  net::TransferTrace trace;
  auto record = started_record(spec, trace.clock.wall(trace.clock.started()));
  if (ports.tor != nullptr) record.tor = ports.tor->view();
  if (spec.kind == model::Kind::resolve) ports.server = nullptr;
  if (ports.server != nullptr) ports.server->expect(spec.id);
  auto const raced = co_await race(deadline, ports.stop, work_of(ports, spec, trace));
  keep(record, trace);
  bool const cancelled =
      (co_await this_coro::cancellation_state).cancelled() != boost::asio::cancellation_type::none;
  if (cancelled) {
    if (ports.server != nullptr) ports.server->forget(spec.id);
  } else {
    if (ports.tor != nullptr && may_be_tors_end(raced)) co_await await_end(*ports.tor);
    co_await join(ports, spec, trace, raced, record);
  }
  std::optional<StreamJoin::State> state;
  if (ports.tor != nullptr) state = ports.tor->state();
  record.outcome = outcome_of(raced.ending, raced.error, trace, state,
                              state ? ports.tor->state_detail() : std::string());
  if (record.filesize == 0 && record.outcome.ok()) record.filesize = record.payload_bytes;
  co_return record;
}

}  // namespace

runtime::Task<model::Measurement> measure_once(MeasurementPorts ports, MeasurementSpec spec) {
  return measure_prepared(ports, std::move(spec), transfer);
}

}  // namespace perfd::experiments
