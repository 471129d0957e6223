#include "app/time_filter.h"

#include "base/time_text.h"

namespace perfd::app {

Result<store::Filter> filter_between(std::string const& since, std::string const& until) {
  store::Filter filter;
  if (!since.empty()) {
    auto const time = parse_time(since);
    if (!time) return Error{"--since: " + time.error().message};
    filter.since = *time;
  }
  if (!until.empty()) {
    auto const time = parse_time(until);
    if (!time) return Error{"--until: " + time.error().message};
    filter.until = *time;
  }
  return filter;
}

}  // namespace perfd::app
