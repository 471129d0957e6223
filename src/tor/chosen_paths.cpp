#include "tor/chosen_paths.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "runtime/clock.h"

namespace perfd::tor {

using runtime::Task;

struct ChosenPaths::Path {
  Path(runtime::Loop& loop, std::size_t count) : hops(count), settled(loop.context()) {}
  std::size_t hops;
  std::uint64_t circuit = 0;  // 0: tor has not answered yet
  bool built = false;
  bool control = false;   // the problem is the control connection's
  bool lost = false;      // with its connection: the circuit's id is no other's
  bool released = false;  // nobody wants it any more
  std::string problem;
  runtime::Event settled;  // built, or failed
};

namespace {

// tor tells of events some time after they were: also of streams that it left to us before it
// took back its word. Nobody else would serve them.
constexpr Nanos kLateStreams = std::chrono::seconds(5);

// Reasons of RELAY_END (tor-spec, "Closing streams") as CLOSESTREAM takes them.
struct EndReason {
  std::string_view name;
  unsigned code;
};
constexpr std::array kEndReasons = {
    EndReason{"MISC", 1},         EndReason{"RESOLVEFAILED", 2},  EndReason{"CONNECTREFUSED", 3},
    EndReason{"EXITPOLICY", 4},   EndReason{"DESTROY", 5},        EndReason{"DONE", 6},
    EndReason{"TIMEOUT", 7},      EndReason{"NOROUTE", 8},        EndReason{"HIBERNATING", 9},
    EndReason{"INTERNAL", 10},    EndReason{"RESOURCELIMIT", 11}, EndReason{"CONNRESET", 12},
    EndReason{"TORPROTOCOL", 13}, EndReason{"NOTDIRECTORY", 14},
};
unsigned end_reason(std::string_view name) {
  auto const* const found = std::find_if(kEndReasons.begin(), kEndReasons.end(),
                                         [&](auto const& reason) { return reason.name == name; });
  return found == kEndReasons.end() ? 1 : found->code;
}

// Which hop an ended circuit did not reach, and why. `circuit`: as an event or the tracker has it.
template <class Circuit>
std::string failure_of(Circuit const& circuit, std::size_t hops) {
  auto const reached = std::min(circuit.path.size(), hops);
  auto out = reached == hops
                 ? "the circuit was closed"
                 : "hop " + std::to_string(reached + 1) + " of " + std::to_string(hops) + " failed";
  if (!circuit.reason.empty()) out += ": " + printable(circuit.reason, 40);
  if (!circuit.remote_reason.empty()) out += "/" + printable(circuit.remote_reason, 40);
  return out;
}

}  // namespace

ChosenPaths::ChosenPaths(runtime::Loop& loop, Instance& instance)
    : loop_(loop), instance_(instance) {}
ChosenPaths::~ChosenPaths() = default;

void ChosenPaths::on_up(Instance& /*instance*/, runtime::TaskGroup& run_tasks) {
  run_tasks_ = &run_tasks;
}

void ChosenPaths::on_down(Instance& /*instance*/) {
  run_tasks_ = nullptr;
  left_to_us_ = false;
  for (auto& [username, path] : paths_) {
    path->lost = true;
    path->settled.set();
    if (!path->problem.empty()) continue;
    path->problem = "the connection to tor was lost";
    path->control = true;
  }
}

void ChosenPaths::on_event(Instance& /*instance*/, WallTime /*read_at*/,
                           wire::torctl::Event const& event) {
  if (auto const* const circuit = std::get_if<wire::torctl::Circ>(&event))
    on_circuit(*circuit);
  else if (auto const* const stream = std::get_if<wire::torctl::Stream>(&event))
    on_stream(*stream);
}

void ChosenPaths::on_circuit(wire::torctl::Circ const& report) {
  for (auto& [username, path] : paths_) {
    if (path->circuit != report.id || report.id == 0 || path->lost) continue;
    if (report.status == "BUILT") {
      path->built = true;
      path->settled.set();
    } else if (report.status == "FAILED" || report.status == "CLOSED") {
      if (path->problem.empty()) path->problem = failure_of(report, path->hops);
      path->settled.set();
    }
  }
}

void ChosenPaths::on_stream(wire::torctl::Stream const& report) {
  bool const fresh = report.status == "NEW" || report.status == "NEWRESOLVE";
  bool const detached = report.status == "DETACHED";
  bool const waits = report.status == "CONTROLLER_WAIT";
  if (run_tasks_ == nullptr || (!fresh && !detached && !waits)) return;
  auto const ours = paths_.find(report.socks_username);
  if (ours != paths_.end() && !report.socks_username.empty()) {
    if (waits) return;  // what is told of it before was answered
    auto const& path = *ours->second;
    bool const stands = path.built && path.problem.empty();
    if (fresh && stands)
      run_tasks_->spawn("attach stream", attach(report.id, path.circuit));
    else
      run_tasks_->spawn(
          "close stream",
          close_stream(report.id, end_reason(report.remote_reason.empty() ? report.reason
                                                                          : report.remote_reason)));
  } else if (waits && (left_to_us_ || runtime::mono_now() < give_back_until_)) {
    // Not at NEW: around the moments at which tor is told to leave streams, and not to, it attaches
    // some by itself. It would take those off their circuits and begin anew, and what an early
    // request brought would be lost.
    run_tasks_->spawn("give stream back", attach(report.id, 0));
  }
}

Task<> ChosenPaths::attach(std::uint64_t stream, std::uint64_t circuit) {
  auto* const control = instance_.control();
  if (control == nullptr) co_return;
  auto const attached = co_await control->attachstream(stream, circuit);
  // It would wait for us for ever.
  if (attached.has_error() && circuit != 0) co_await close_stream(stream, 1);
}

Task<> ChosenPaths::close_stream(std::uint64_t stream, unsigned reason) {
  auto* const control = instance_.control();
  if (control == nullptr) co_return;
  // An error is a stream that has ended by itself.
  auto const closed = co_await control->closestream(stream, reason);
  (void)closed;
}

Task<Result<>> ChosenPaths::leave_streams(bool to_us) {
  auto* const control = instance_.control();
  if (control == nullptr) co_return Error{"tor is not connected"};
  ControlConnection::ConfigEntries entries;
  entries.push_back({"__LeaveStreamsUnattached", to_us ? "1" : "0"});
  // Before tor's answer: a stream may come between the two.
  if (to_us) left_to_us_ = true;
  auto const set = co_await control->setconf(std::move(entries));
  if (!to_us && set.has_value() && paths_.empty()) {
    left_to_us_ = false;
    give_back_until_ = runtime::mono_now() + kLateStreams;
  }
  co_return set;
}

Task<Result<>> ChosenPaths::launch(Path& path, std::vector<std::string> hops) {
  auto left = co_await leave_streams(true);
  if (left.has_error()) co_return left;
  auto* const control = instance_.control();
  if (control == nullptr) co_return Error{"tor is not connected"};
  for (auto& hop : hops) hop.insert(0, 1, '$');
  auto const begun = co_await control->extendcircuit(0, std::move(hops));
  if (begun.has_error()) co_return begun.error();
  path.circuit = *begun;
  co_return Result<>{};
}

// Not the task of whoever waits: that may be cut off while tor is about to answer, and nobody would
// know the circuit to close.
Task<> ChosenPaths::begin(PathRef path, std::vector<std::string> hops) {
  auto const launched = co_await launch(*path, std::move(hops));
  if (launched.has_error() && path->problem.empty()) {
    path->problem = launched.error().message;
    path->control = launched.error().code.category() != wire::torctl::reply_category();
  }
  if (launched.has_error()) path->settled.set();
  // Its events may have come with the answer, before this task went on.
  if (auto const seen = instance_.tracker().circuit(path->circuit); seen && path->circuit != 0) {
    path->built = seen->built_at.has_value();
    if (seen->closed_at && path->problem.empty()) path->problem = failure_of(*seen, path->hops);
    if (path->built || seen->closed_at) path->settled.set();
  }
  if (path->released) co_await end(path);
}

Task<ChosenPaths::Built> ChosenPaths::build(std::vector<std::string> hops, std::string username,
                                            MonoTime until) {
  Built out;
  if (run_tasks_ == nullptr) {
    out.problem = "tor is not connected";
    out.control = true;
    co_return out;
  }
  auto const path = std::make_shared<Path>(loop_, hops.size());
  paths_[username] = path;
  run_tasks_->spawn("build path", begin(path, std::move(hops)));
  bool const settled = co_await path->settled.wait_until(until);
  if (path->circuit != 0) out.circuit = path->circuit;
  out.problem = path->problem;
  out.control = path->control;
  if (settled) co_return out;
  out.control = path->circuit == 0;
  out.problem = out.control ? "tor did not answer in time" : "the circuit was not built in time";
  co_return out;
}

void ChosenPaths::release(std::string const& username) {
  auto const found = paths_.find(username);
  if (found == paths_.end()) return;
  auto const path = found->second;
  paths_.erase(found);
  path->released = true;
  bool const begun = path->circuit != 0 || !path->problem.empty();
  if (begun && !path->lost && run_tasks_ != nullptr) run_tasks_->spawn("close path", end(path));
}

Task<> ChosenPaths::end(PathRef path) {
  if (auto* const control = instance_.control(); control != nullptr && path->circuit != 0) {
    // An error is a circuit that has ended by itself.
    auto const closed = co_await control->closecircuit(path->circuit);
    (void)closed;
  }
  if (paths_.empty() && left_to_us_) {
    auto const back = co_await leave_streams(false);
    (void)back;  // the connection is gone, and the setting with it
  }
}

}  // namespace perfd::tor
