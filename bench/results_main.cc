// What `scripts/bench api` fills a store with, asks, and writes to meanwhile.
//
//   bench_results make STORE COUNT      so many measurements, the last one now (made_results.h)
//   bench_results insert STORE RATE SECONDS
//                                       one by one as the daemon does, so many a second (0: as many
//                                       as go); prints how many, and how long each took, as JSON
//   bench_results serve STORE           the web server over it; prints where it listens
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/rollup_numbers.h"
#include "app/serving.h"
#include "made_results.h"
#include "runtime/clock.h"
#include "store/bulk.h"
#include "store/store.h"

namespace {

using namespace perfd;

int fail(Error const& error) {
  fmt::print(stderr, "bench_results: {}\n", error.message);
  return 3;
}

int make(std::filesystem::path const& path, std::uint64_t count) {
  auto bulk = store::Bulk::open(path, runtime::wall_now, app::rollup_numbers());
  if (!bulk) return fail(bulk.error());
  bench::MadeResults results;
  auto const end = runtime::wall_now();
  for (std::uint64_t i = 0; i < count; ++i) {
    auto const at = end - bench::kBetween * static_cast<std::int64_t>(count - i);
    if (auto const added = (*bulk)->add(results.make(i, at)); !added) return fail(added.error());
  }
  auto const finished = (*bulk)->finish();
  return finished ? 0 : fail(finished.error());
}

// At most so many are on their way, as in a daemon that has so many experiments.
class OnTheWay {
 public:
  void begin() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return count_ < kMost; });
    ++count_;
  }
  void end(Result<void> const& result, double ms) {
    std::lock_guard const lock(mutex_);
    --count_;
    if (result)
      ms_.push_back(ms);
    else
      error_ = result.error().message;
    changed_.notify_all();
  }
  std::vector<double> wait(std::string& error) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return count_ == 0; });
    error = error_;
    return ms_;
  }

 private:
  static constexpr int kMost = 200;
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
  std::vector<double> ms_;
  std::string error_;
};

double ms_between(MonoTime a, MonoTime b) {
  return std::chrono::duration<double, std::milli>(b - a).count();
}

int insert(std::filesystem::path const& path, double rate, double seconds) {
  store::Options options;
  options.path = path;
  options.now = runtime::wall_now;
  options.numbers = app::rollup_numbers();
  auto store = store::Store::open(options);
  if (!store) return fail(store.error());
  bench::MadeResults results;
  OnTheWay on_the_way;
  auto const begin = runtime::mono_now();
  auto const wall = runtime::wall_now();
  for (std::uint64_t i = 0;; ++i) {
    auto now = runtime::mono_now();
    if (ms_between(begin, now) >= seconds * 1000) break;
    if (rate > 0) {
      auto const due = begin + std::chrono::duration_cast<Nanos>(
                                   std::chrono::duration<double>(static_cast<double>(i) / rate));
      if (due > now) std::this_thread::sleep_for(due - now);
    }
    on_the_way.begin();
    now = runtime::mono_now();
    // Numbers that the made ones don't have.
    auto const number = static_cast<std::uint64_t>(to_us(wall)) + i;
    (*store)->done(results.make(number, runtime::wall_now()), [&, now](Result<void> const& done) {
      on_the_way.end(done, ms_between(now, runtime::mono_now()));
    });
  }
  auto const took = ms_between(begin, runtime::mono_now()) / 1000;
  std::string error;
  auto ms = on_the_way.wait(error);
  if (!error.empty()) return fail(Error{error});
  std::sort(ms.begin(), ms.end());
  auto const at = [&](double share) {
    return ms.empty() ? 0.0
                      : ms[static_cast<std::size_t>(share * static_cast<double>(ms.size() - 1))];
  };
  fmt::print("{{\"count\": {}, \"per_second\": {:.1f}, \"p50_ms\": {:.2f}, \"p99_ms\": {:.2f}}}\n",
             ms.size(), static_cast<double>(ms.size()) / took, at(0.5), at(0.99));
  return 0;
}

class Nobody final : public net::ServerObserver {
 public:
  void on_transfer(net::ServerObservation /*observation*/) override {}
};

// Of a server that measures nothing.
class NothingMeasured final : public app::MeasuringSide {
 public:
  [[nodiscard]] web::DaemonState state() const override { return {}; }
  void probe(web::ProbeOrder /*order*/, Told told) override { told(Error{"nothing is measured"}); }
};

int serve(std::filesystem::path const& path) {
  auto bound = runtime::BoundListener::bind(*runtime::Address::parse("127.0.0.1:0"));
  if (!bound) return fail(bound.error());
  std::vector<runtime::BoundListener> sockets;
  sockets.push_back(std::move(*bound));
  Nobody nobody;
  app::ServingOptions options;
  options.vantage = "bench";
  options.store = path;
  runtime::Loop loop;
  NothingMeasured side;
  app::MeasuringDoor door(loop, side);
  web::Metrics metrics("bench", runtime::wall_now());
  web::Alerts const alerts;
  app::Serving serving(std::move(options), app::Measured{door, metrics, alerts}, std::move(sockets),
                       {}, nobody);
  fmt::print("{}\n", serving.measurement_addresses().front().text());
  std::fflush(stdout);
  serving.start();
  for (;;) std::this_thread::sleep_for(std::chrono::hours{1});
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> const words(argv + 1, argv + argc);
  auto const number = [&](std::size_t at) { return std::atof(words[at].c_str()); };
  if (words.size() == 3 && words[0] == "make")
    return make(words[1], static_cast<std::uint64_t>(number(2)));
  if (words.size() == 4 && words[0] == "insert") return insert(words[1], number(2), number(3));
  if (words.size() == 2 && words[0] == "serve") return serve(words[1]);
  fmt::print(stderr, "usage: bench_results make|insert|serve STORE …\n");
  return 2;
}
