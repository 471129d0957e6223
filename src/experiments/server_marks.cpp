#include "experiments/server_marks.h"

namespace perfd::experiments {

struct ServerMarks::Entry {
  explicit Entry(boost::asio::io_context& context) : arrived(context) {}
  std::optional<net::ServerObservation> observation;  // guarded by the registry's mutex
  runtime::Event arrived;                             // the measuring loop's
};

ServerMarks::ServerMarks(runtime::Loop& measuring) : loop_(measuring) {}
ServerMarks::~ServerMarks() = default;

void ServerMarks::expect(std::string const& id) {
  auto entry = std::make_shared<Entry>(loop_.context());
  std::lock_guard const lock(mutex_);
  expected_[id] = std::move(entry);
}

runtime::Task<std::optional<net::ServerObservation>> ServerMarks::take(std::string id,
                                                                       MonoTime until) {
  auto const entry = find(id);
  if (!entry) co_return std::nullopt;
  (void)co_await entry->arrived.wait_until(until);
  std::lock_guard const lock(mutex_);
  expected_.erase(id);
  co_return std::move(entry->observation);
}

void ServerMarks::forget(std::string const& id) {
  std::lock_guard const lock(mutex_);
  expected_.erase(id);
}

void ServerMarks::on_transfer(net::ServerObservation observation) {
  std::lock_guard const lock(mutex_);
  auto const found = expected_.find(observation.measurement);
  if (found == expected_.end() || found->second->observation) return;
  found->second->observation = std::move(observation);
  // Events belong to their loop; the entry lives until it was told.
  loop_.post([entry = found->second] { entry->arrived.set(); });
}

std::shared_ptr<ServerMarks::Entry> ServerMarks::find(std::string const& id) {
  std::lock_guard const lock(mutex_);
  auto const found = expected_.find(id);
  return found == expected_.end() ? nullptr : found->second;
}

}  // namespace perfd::experiments
