#include "app/api_answers.h"

#include <mutex>
#include <utility>
#include <vector>

#include "app/api_sources.h"
#include "app/store_trouble.h"
#include "app/trend_source.h"
#include "web/api/sources.h"

namespace perfd::app {
namespace {

// What an index can't find has to be looked for: not for longer than whoever asks would wait, and
// not at the cost of all others.
constexpr auto kLongestRead = std::chrono::seconds(10);

// One of each, for one answer at a time.
struct StoreConnections {
  StoredResults results;
  StoredCircuits circuits;
};

Result<std::unique_ptr<StoreConnections>> connect(std::filesystem::path const& store) {
  auto results = store::ByTime::open(store, kLongestRead);
  if (!results) return results.error();
  auto circuits = store::TorPages::open(store, kLongestRead);
  if (!circuits) return circuits.error();
  return std::make_unique<StoreConnections>(
      StoreConnections{StoredResults(std::move(*results)), StoredCircuits(std::move(*circuits))});
}

}  // namespace

// Those that nobody uses at the moment.
class ApiAnswers::Connections {
 public:
  explicit Connections(std::filesystem::path store) : store_(std::move(store)), trends_(store_) {}

  web::api::Checked<web::api::Answer> make(Make const& make, web::api::LiveRef live,
                                           web::Alerts::List const& alerts) {
    auto connections = take();
    if (!connections) {
      log_store_trouble(connections.error().message);
      return web::api::unavailable(connections.error());
    }
    web::api::Sources sources;
    sources.results = &(*connections)->results;
    sources.tors = &(*connections)->circuits;
    sources.trends = &trends_;
    sources.live = std::move(live);
    sources.alerts = alerts;
    auto answer = make(sources);
    if (!answer && !answer.error().detail.empty()) log_store_trouble(answer.error().detail);
    // Those that failed are not used again.
    if (answer || answer.error().status != 503) give_back(std::move(*connections));
    return answer;
  }

 private:
  Result<std::unique_ptr<StoreConnections>> take() {
    {
      std::lock_guard const lock(mutex_);
      if (!idle_.empty()) {
        auto out = std::move(idle_.back());
        idle_.pop_back();
        return out;
      }
    }
    return connect(store_);
  }
  void give_back(std::unique_ptr<StoreConnections> connections) {
    std::lock_guard const lock(mutex_);
    idle_.push_back(std::move(connections));
  }

  std::filesystem::path store_;
  StoreTrends trends_;  // keeps connections of its own
  std::mutex mutex_;
  std::vector<std::unique_ptr<StoreConnections>> idle_;
};

ApiAnswers::ApiAnswers(runtime::Loop& loop, std::filesystem::path store, web::Alerts const& alerts)
    : loop_(loop), connections_(std::make_shared<Connections>(std::move(store))), alerts_(alerts) {}

ApiAnswers::~ApiAnswers() = default;

runtime::Task<web::api::Checked<web::api::Answer>> ApiAnswers::run(Make make) {
  // Not inside the co_await expression: GCC 12 destroys its captures twice there.
  auto work = [connections = connections_, live = live_, alerts = alerts_.latest(),
               make = std::move(make)] { return connections->make(make, live, *alerts); };
  co_return co_await pool_.run(loop_, std::move(work));
}

}  // namespace perfd::app
