#include "app/store_trouble.h"

#include <mutex>
#include <string>

#include "app/log.h"
#include "runtime/clock.h"

namespace perfd::app {

void log_store_trouble(std::string const& message) {
  static std::mutex mutex;
  static std::string last;
  static MonoTime told{};
  {
    std::lock_guard const lock(mutex);
    auto const now = runtime::mono_now();
    if (message == last && now - told < std::chrono::hours(1)) return;
    last = message;
    told = now;
  }
  log::warning("results-not-read", {{"what", message}});
}

}  // namespace perfd::app
