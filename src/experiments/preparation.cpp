#include "experiments/preparation.h"

#include <algorithm>

#include "base/text.h"
#include "experiments/end_notice.h"
#include "experiments/race.h"
#include "net/upload.h"
#include "runtime/clock.h"
#include "runtime/random.h"

namespace perfd::experiments {
namespace {

using model::FailureCode;
using runtime::Task;

constexpr std::size_t kDetailLimit = 300;
// By which a preparation that minds its deadline may come late before it is cut off.
constexpr Nanos kGrace = std::chrono::seconds{2};

model::Outcome failure(FailureCode code, std::string_view operation, std::string const& detail) {
  return {code, std::string(operation), printable(detail, kDetailLimit)};
}

// One relay of each set, none twice. Shorter than the sets where the next one has none left.
std::vector<std::string> choose(std::vector<std::vector<std::string>> const& sets) {
  std::vector<std::string> out;
  for (auto candidates : sets) {
    std::erase_if(candidates, [&](std::string const& relay) {
      return std::find(out.begin(), out.end(), relay) != out.end();
    });
    if (candidates.empty()) break;
    out.push_back(candidates[runtime::random_u64() % candidates.size()]);
  }
  return out;
}

Task<> publish(OnionPort& onion, MeasurementSpec const& spec, MonoTime deadline, Prepared& out) {
  // The transfer needs its part of the time, too.
  auto const wait = std::min(spec.publish_wait, spec.timeout / 2);
  auto const until = std::min(deadline, runtime::mono_now() + Nanos{wait});
  if (!onion.up()) {
    out.failure = failure(FailureCode::tor_service_down, kPublishOperation, onion.detail());
    co_return;
  }
  Result<OnionPort::Service> service = Error{};
  if (spec.fresh_service)
    service = co_await onion.publish_fresh(until);
  else
    service = co_await onion.published(until);
  if (service.has_value()) {
    out.service = std::move(*service);
  } else {
    auto const code =
        onion.up() ? FailureCode::tor_service_unpublished : FailureCode::tor_service_down;
    auto const detail =
        onion.up() ? service.error().message : onion.detail() + "; " + service.error().message;
    out.failure = failure(code, kPublishOperation, detail);
  }
}

Task<> build(PathPort& path, MeasurementSpec const& spec, MonoTime deadline, Prepared& out) {
  auto hops = choose(spec.hops);
  if (hops.size() < spec.hops.size()) {
    out.failure = failure(FailureCode::tor_circuit, kBuildOperation,
                          "hop " + std::to_string(hops.size() + 1) +
                              " has no relay left that is not in the path already");
    co_return;
  }
  auto built = co_await path.build(std::move(hops), username_of(spec), deadline);
  if (!built.problem.empty())
    out.failure = failure(built.control ? FailureCode::tor_control : FailureCode::tor_circuit,
                          kBuildOperation, built.problem);
  out.circuit = std::move(built.circuit);
}

// `operation` is what is being done.
Task<Result<>> work(MeasurementPorts ports, MeasurementSpec const& spec, MonoTime deadline,
                    Prepared& out, std::string_view& operation) {
  // First: a circuit would age meanwhile. A foreign server may be a perfd, too, and tell the digest
  // of what it got.
  if (spec.kind == model::Kind::upload)
    co_await net::prepare_upload(ports.loop, ports.pool, spec.size.count);
  if (ports.onion != nullptr) operation = kPublishOperation;
  if (ports.onion != nullptr) co_await publish(*ports.onion, spec, deadline, out);
  if (ports.path != nullptr && !out.failure) operation = kBuildOperation;
  if (ports.path != nullptr && !out.failure) co_await build(*ports.path, spec, deadline, out);
  co_return Result<>{};
}

}  // namespace

std::string username_of(MeasurementSpec const& spec) {
  if (!spec.send_username) return {};
  return spec.username.empty() ? spec.id : spec.username;
}

Task<Prepared> prepare(MeasurementPorts ports, MeasurementSpec spec, MonoTime deadline) {
  Prepared out;
  if (ports.onion == nullptr && ports.path == nullptr && spec.kind != model::Kind::upload)
    co_return out;
  auto const start = net::name(net::Step::start);
  auto operation = start;
  auto const raced =
      co_await race(deadline + kGrace, ports.stop, work(ports, spec, deadline, out, operation));
  if (raced.ending == Ending::stopped)
    out.failure = failure(FailureCode::perfd_cancelled, operation, "perfd was told to stop");
  else if (raced.ending == Ending::deadline && operation == start)
    out.failure = failure(FailureCode::perfd_internal, operation,
                          "the digest of the upload was not worked out in time");
  else if (raced.ending == Ending::deadline && !out.failure)
    out.failure = failure(FailureCode::tor_control, operation, "tor did not answer in time");
  bool const by_control = out.failure && out.failure->code == FailureCode::tor_control;
  if (by_control && ports.tor != nullptr) {
    // A connection that was lost may be tor's end.
    co_await await_end(*ports.tor);
    if (ports.tor->state() == StreamJoin::State::down)
      out.failure = failure(FailureCode::tor_down, operation,
                            ports.tor->state_detail() + "; " + out.failure->detail);
  }
  co_return out;
}

void undo(MeasurementPorts const& ports, MeasurementSpec const& spec, Prepared const& prepared) {
  if (ports.path != nullptr) ports.path->release(username_of(spec));
  if (spec.fresh_service && prepared.service) ports.onion->withdraw(prepared.service->address);
}

}  // namespace perfd::experiments
