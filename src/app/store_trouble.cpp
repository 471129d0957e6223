#include "app/store_trouble.h"

#include <mutex>
#include <string>

#include "app/log.h"

namespace perfd::app {

void log_store_trouble(std::string const& message) {
  static std::mutex mutex;
  static std::string last;
  {
    std::lock_guard const lock(mutex);
    if (message == last) return;
    last = message;
  }
  log::warning("results-not-read", {{"what", message}});
}

}  // namespace perfd::app
