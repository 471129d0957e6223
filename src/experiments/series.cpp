#include "experiments/series.h"

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <map>
#include <set>
#include <utility>

#include "experiments/race.h"
#include "runtime/clock.h"
#include "runtime/random.h"

namespace perfd::experiments {
namespace {

using model::Measurement;
using runtime::Task;

char const* word(SeriesIsolation isolation) {
  switch (isolation) {
    case SeriesIsolation::same:
      return "same";
    case SeriesIsolation::each:
      return "each";
    case SeriesIsolation::port:
      return "port";
  }
  return "same";
}

MeasurementSpec request_of(SeriesSpec const& series, int index, MonoTime deadline) {
  auto out = series.request;
  out.kind = model::Kind::download;
  out.id = runtime::new_id();
  out.username = series.request.id;
  if (series.isolation == SeriesIsolation::each) out.username += "-" + std::to_string(index);
  if (series.isolation == SeriesIsolation::port)
    out.proxy = series.proxies[static_cast<std::size_t>(index) % series.proxies.size()];
  out.timeout = std::max(floor_us(deadline - runtime::mono_now()), Micros{0});
  return out;
}

Task<> run_one(MeasurementPorts ports, MeasurementSpec spec, Measurement& out) {
  out = co_await measure_once(ports, std::move(spec));
}

Task<> run_at_once(MeasurementPorts ports, SeriesSpec const& series, MonoTime deadline,
                   std::vector<Measurement>& out) {
  // The group must see its tasks end: requests end by the deadline or by the order to stop.
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  // What a request would be that ended by an exception.
  auto nothing = started_record(series.request, runtime::wall_now());
  nothing.outcome = {model::FailureCode::perfd_internal, "start",
                     "the request ended without a result"};
  out.assign(static_cast<std::size_t>(series.requests), nothing);
  runtime::TaskGroup group(ports.loop);
  for (int i = 0; i < series.requests; ++i)
    group.spawn("request of a series",
                run_one(ports, request_of(series, i, deadline), out[static_cast<std::size_t>(i)]));
  co_await group.join();
}

Task<Result<>> rest(MonoTime until) {
  co_await runtime::sleep_until(until);
  co_return Result<>{};
}

Task<> run_in_turn(MeasurementPorts ports, SeriesSpec const& series, MonoTime deadline,
                   std::vector<Measurement>& out) {
  for (int i = 0; i < series.requests; ++i) {
    if (i > 0 && series.pause.count() > 0) {
      auto const until = std::min(deadline, runtime::mono_now() + Nanos{series.pause});
      auto const rested = co_await race(until, ports.stop, rest(until));
      if (rested.ending == Ending::stopped) co_return;
    }
    auto one = co_await measure_once(ports, request_of(series, i, deadline));
    out.push_back(std::move(one));
    // A cancellation is told once: it may have been this request's.
    auto const state = co_await boost::asio::this_coro::cancellation_state;
    if (state.cancelled() != boost::asio::cancellation_type::none) co_return;
    if (ports.stop != nullptr && ports.stop->is_set()) co_return;
  }
}

// The first failure stands for all; how many there were is told beside it, and where the series
// was cut short.
model::Outcome outcome_of_series(std::vector<Measurement> const& requests, std::size_t wanted) {
  auto const failed = [](Measurement const& m) { return !m.outcome.ok(); };
  auto const first = std::find_if(requests.begin(), requests.end(), failed);
  if (first == requests.end()) {
    if (requests.size() >= wanted) return {};
    return {model::FailureCode::perfd_cancelled, "start",
            "perfd was told to stop after " + std::to_string(requests.size()) + " of " +
                std::to_string(wanted) + " requests"};
  }
  auto out = first->outcome;
  auto const count = std::count_if(requests.begin(), requests.end(), failed);
  out.detail = std::to_string(count) + " of " + std::to_string(requests.size()) +
               " requests failed; request " + std::to_string(first - requests.begin() + 1) + ": " +
               out.detail;
  if (requests.size() < wanted)
    out.detail += "; " + std::to_string(wanted - requests.size()) + " more were not begun";
  return out;
}

void take_circuits(Measurement const& request,
                   std::set<std::pair<std::uint64_t, std::uint64_t>>& seen, Measurement& record) {
  for (auto const& circuit : request.tor.circuits)
    if (seen.emplace(circuit.tor_run, circuit.id).second) record.tor.circuits.push_back(circuit);
}

// How many of the series' streams each circuit, or the conflux set that it is a leg of, ever had.
void count_streams(Measurement const& record, std::vector<model::AllocatedStream>& streams) {
  using Key = std::pair<std::uint64_t, std::uint64_t>;
  std::map<Key, std::string> set_of;
  for (auto const& circuit : record.tor.circuits)
    set_of[{circuit.tor_run, circuit.id}] =
        circuit.conflux_id.empty() ? std::to_string(circuit.id) : "conflux " + circuit.conflux_id;
  auto const set = [&](model::AllocatedStream const& one, model::CircuitStay const& stay) {
    Key const key{one.stream ? one.stream->tor_run : 0, stay.circuit_id};
    auto const found = set_of.find(key);
    auto const name = found == set_of.end() ? std::to_string(stay.circuit_id) : found->second;
    return std::to_string(key.first) + " " + name;
  };
  std::map<std::string, std::int64_t> counts;
  for (auto const& one : streams) {
    std::set<std::string> mine;
    for (auto const& stay : one.stays) mine.insert(set(one, stay));
    for (auto const& name : mine) ++counts[name];
  }
  for (auto& one : streams)
    for (auto& stay : one.stays) stay.streams = counts[set(one, stay)];
}

Measurement record_of(SeriesSpec const& series, WallTime started_at,
                      std::vector<Measurement> const& requests) {
  auto record = started_record(series.request, started_at);
  auto& allocation = record.allocation.emplace();
  allocation.at_once = series.at_once;
  allocation.pause = series.pause;
  allocation.isolation = word(series.isolation);
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
  std::optional<model::Mark> last;  // a mark that is set stays
  for (auto const& request : requests) {
    record.payload_bytes += request.payload_bytes;
    record.readbytes += request.readbytes;
    record.writebytes += request.writebytes;
    take_circuits(request, seen, record);
    allocation.streams.push_back(allocated(request));
    auto const* const end = request.marks.find(model::mark::kDataComplete);
    if (end != nullptr && (!last || last->at < end->at)) last = *end;
  }
  if (last) record.marks.set(model::mark::kDataComplete, *last);
  count_streams(record, allocation.streams);
  auto circuits = std::move(record.tor.circuits);
  if (!requests.empty()) {
    auto const& first = requests.front();
    record.local = first.local;
    record.proxy = first.proxy;
    record.remote = first.remote;
    record.tor = first.tor;
    record.tor.stream.reset();
    record.tor.guard.clear();
    if (auto const* start = first.marks.find(model::mark::kStart))
      record.marks.set(model::mark::kStart, *start);
  }
  record.tor.circuits = std::move(circuits);
  record.outcome = outcome_of_series(requests, static_cast<std::size_t>(series.requests));
  return record;
}

model::CircuitOrigin origin_of(model::Circuit const& circuit, WallTime came) {
  using model::CircuitOrigin;
  if (!circuit.built_at) return CircuitOrigin::unknown;
  if (*circuit.built_at <= came) return CircuitOrigin::ready;
  // `came` is when NEW was read, so when LAUNCHED was read counts, too: launched_at is tor's own
  // and earlier by the event's way, which made circuits for this very stream seem older than it.
  // Read at once, the stream was first: tor launches for it right after its NEW.
  auto const launched = circuit.states.empty() || circuit.states.front().status != "LAUNCHED"
                            ? circuit.launched_at
                            : circuit.states.front().at;
  return launched < came ? CircuitOrigin::pending : CircuitOrigin::built;
}

model::CircuitStay stay_of(model::Attachment const& attachment, Measurement const& request) {
  model::CircuitStay out;
  out.circuit_id = attachment.circuit_id;
  auto const& circuits = request.tor.circuits;
  auto const found = std::find_if(circuits.begin(), circuits.end(), [&](auto const& circuit) {
    return circuit.id == attachment.circuit_id;
  });
  if (found == circuits.end()) return out;
  out.origin = origin_of(*found, request.tor.stream->created_at);
  out.cannibalized = std::any_of(found->states.begin(), found->states.end(),
                                 [](auto const& state) { return state.status == "CANNIBALIZED"; });
  out.conflux_id = found->conflux_id;
  if (found->launched_at != WallTime{})
    out.age = floor_us(attachment.attached_at - found->launched_at);
  return out;
}

std::optional<Micros> since_start(Measurement const& request, std::string_view mark) {
  auto const start = request.marks.at(model::mark::kStart);
  auto const end = request.marks.at(mark);
  if (!start || !end) return std::nullopt;
  return floor_us(*end - *start);
}

}  // namespace

model::AllocatedStream allocated(Measurement const& request) {
  model::AllocatedStream out;
  out.outcome = request.outcome;
  out.started_at = request.started_at;
  out.first_byte = since_start(request, model::mark::kDataResponse);
  out.last_byte = since_start(request, model::mark::kDataComplete);
  out.stream = request.tor.stream;
  if (!out.stream) return out;
  for (auto const& attachment : out.stream->attachments)
    out.stays.push_back(stay_of(attachment, request));
  if (!out.stream->attachments.empty())
    out.waited = floor_us(out.stream->attachments.front().attached_at - out.stream->created_at);
  return out;
}

Task<Measurement> measure_series(MeasurementPorts ports, SeriesSpec spec) {
  namespace this_coro = boost::asio::this_coro;
  // The record must be returned even to a task that is being cancelled.
  bool const throws = co_await this_coro::throw_if_cancelled();
  co_await this_coro::throw_if_cancelled(false);
  auto const started_at = runtime::wall_now();
  auto const deadline = runtime::mono_now() + Nanos{spec.request.timeout};
  std::vector<Measurement> requests;
  if (spec.at_once)
    co_await run_at_once(ports, spec, deadline, requests);
  else
    co_await run_in_turn(ports, spec, deadline, requests);
  auto record = record_of(spec, started_at, requests);
  co_await this_coro::throw_if_cancelled(throws);
  co_return record;
}

}  // namespace perfd::experiments
