#include "app/browser_keeper.h"

#include <algorithm>
#include <utility>

#include "runtime/clock.h"
#include "runtime/files.h"

namespace perfd::app {
namespace {

using runtime::Task;

// How soon a waiting load sees that perfd is to stop.
constexpr Nanos kLook = std::chrono::milliseconds{100};

}  // namespace

BrowserKeeper::BrowserKeeper(runtime::Loop& loop, runtime::Launcher& launcher,
                             config::Browser settings, std::filesystem::path folder)
    : loop_(loop),
      launcher_(launcher),
      settings_(std::move(settings)),
      folder_(std::move(folder)),
      changed_(loop.context()) {}

// Null where all are busy.
Result<BrowserKeeper::Browser*> BrowserKeeper::free_one() {
  for (auto const& one : browsers_)
    if (!one->busy) return one.get();
  if (browsers_.size() >= static_cast<std::size_t>(settings_.at_once))
    return static_cast<Browser*>(nullptr);
  auto const binary = runtime::find_program(settings_.binary);
  if (!binary)
    return Error{"there is no browser '" + settings_.binary +
                 "': install firefox-esr, or name another by --browser or in [browser] binary"};
  browser::PoolSettings pool;
  pool.firefox.binary = *binary;
  pool.firefox.folder = folder_ / std::to_string(browsers_.size() + 1);
  pool.max_loads = settings_.loads;
  pool.max_memory = settings_.max_memory;
  if (auto const made = runtime::make_folder(folder_, 0700); !made) return made.error();
  auto& out = browsers_.emplace_back(std::make_unique<Browser>());
  out->pool = std::make_unique<browser::BrowserPool>(loop_, launcher_, std::move(pool));
  return out.get();
}

Task<Result<BrowserKeeper::Lease>> BrowserKeeper::borrow(MonoTime until, runtime::Event& stop) {
  for (;;) {
    auto const found = free_one();
    if (!found) co_return found.error();
    if (*found != nullptr) {
      (*found)->busy = true;
      co_return Lease(*this, *(*found)->pool);
    }
    if (stop.is_set()) co_return Error{"perfd was told to stop"};
    if (runtime::mono_now() >= until)
      co_return Error{"all browsers were busy with other pages (browser.at-once = " +
                      std::to_string(settings_.at_once) + ")"};
    changed_.reset();
    co_await changed_.wait_until(std::min(until, runtime::mono_now() + kLook));
  }
}

void BrowserKeeper::give_back(browser::BrowserPool& pool) {
  for (auto const& one : browsers_)
    if (one->pool.get() == &pool) one->busy = false;
  changed_.set();
}

Task<> BrowserKeeper::stop() {
  runtime::TaskGroup stopping(loop_);
  for (auto const& one : browsers_) stopping.spawn("stop browser", one->pool->stop());
  co_await stopping.join();
  browsers_.clear();
}

}  // namespace perfd::app
