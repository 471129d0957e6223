#include "app/publisher.h"

#include <chrono>
#include <optional>
#include <utility>

#include "app/log.h"
#include "publish/folder.h"
#include "runtime/clock.h"
#include "runtime/timer.h"

namespace perfd::app {
namespace {

using runtime::Task;

constexpr auto kCheckEvery = std::chrono::minutes(1);
constexpr auto kAfterFailure = std::chrono::minutes(10);
// A year that is caught up is no reason to have a core at work without a pause.
constexpr auto kBetweenDays = std::chrono::milliseconds(200);
// Beyond the longest time-out: for the record to reach the disk, and for tor to end its circuits.
constexpr Micros kSettle = std::chrono::minutes(5);

}  // namespace

Publisher::Publisher(runtime::Loop& loop, DataFolder data, std::string vantage)
    : loop_(loop), data_(std::move(data)), vantage_(std::move(vantage)) {}

Task<> Publisher::run(std::function<PublishingRules()> rules) {
  for (;;) {
    auto const now = rules();
    bool more = false;
    if (!now.hold) more = co_await publish(now);
    if (more) {
      co_await runtime::sleep_for(kBetweenDays);
    } else if (trouble_.empty()) {
      co_await runtime::sleep_for(kCheckEvery);
    } else {
      co_await runtime::sleep_for(kAfterFailure);
    }
  }
}

Task<bool> Publisher::publish(PublishingRules rules) {
  publish::CatchUp what{data_.store, runtime::wall_now(), rules.longest + kSettle, rules.keep};
  publish::DayOptions options;
  options.folder = data_.published();
  options.own_source = vantage_;
  options.cancelled = [flag = cancelled_] { return flag->load(); };
  auto next = [what, options] { return publish::publish_next(what, options); };
  auto const done = co_await pool_.run(loop_, std::move(next));
  if (!done) {
    failed(done.error().message);
    co_return false;
  }
  tell(*done);
  if (!done->more && unsettled_) co_await settle(rules);
  if (!unsettled_ && !trouble_.empty()) {
    log::info("publishing-works-again");
    trouble_.clear();
  }
  co_return done->more;
}

// Once after the days that were caught up, and not after each: it reads every file.
Task<> Publisher::settle(PublishingRules rules) {
  auto const oldest = std::chrono::floor<std::chrono::days>(runtime::wall_now() - rules.keep);
  auto work = [folder = data_.published(), oldest] {
    return publish::settle_folder(folder, oldest);
  };
  auto const settled = co_await pool_.run(loop_, std::move(work));
  if (!settled) {
    failed(settled.error().message);
    co_return;
  }
  unsettled_ = false;
}

void Publisher::tell(publish::CaughtUp const& done) {
  if (done.until && publish::day_text(*done.until) != until_) {
    until_ = publish::day_text(*done.until);
    unsettled_ = true;
  }
  if (done.report.files > 0) {
    log::info("published", {{"day", until_},
                            {"files", std::to_string(done.report.files)},
                            {"results", std::to_string(done.report.results)}});
  }
  if (done.report.unreadable > 0)
    log::warning("unpublished",
                 {{"day", until_},
                  {"what", std::to_string(done.report.unreadable) + " results can't be read"}});
  for (auto const& source : done.report.unnameable)
    log::warning(
        "unpublished",
        {{"day", until_}, {"what", "source '" + source + "' can be no part of a file's name"}});
}

void Publisher::failed(std::string const& what) {
  if (cancelled_->load()) return;
  log::error("publishing-failed", {{"what", what}});
  trouble_ = what;
}

}  // namespace perfd::app
