#include "browser/browser_pool.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

#include "runtime/clock.h"

namespace perfd::browser {

using runtime::Task;

namespace {

// What a first page would meet for the first time: style, layout, text, script and a picture. It is
// asked for by nobody but the browser itself.
constexpr char const* kWarmUpPage =
    "data:text/html;charset=utf-8,<!doctype html><title>warm-up</title>"
    "<style>body{font:16px sans-serif;display:grid;grid-template-columns:1fr 1fr}"
    "h1{color:%23357}</style><h1>perfd</h1><p>The quick brown fox jumps over the lazy dog.</p>"
    "<img alt='' src=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='64' "
    "height='64'%3E%3Ccircle cx='32' cy='32' r='30' fill='green'/%3E%3C/svg%3E\">"
    "<script>let n=0;for(let i=0;i<200;++i){const e=document.createElement('span');"
    "e.textContent=String(n+=i);document.body.append(e)}"
    "document.body.dataset.sum=JSON.stringify({n})</script>";

constexpr auto kWarmUpQuiet = std::chrono::milliseconds(200);

constexpr std::int64_t kExactMemoryEvery = 10;

}  // namespace

BrowserPool::BrowserPool(runtime::Loop& loop, runtime::Launcher& launcher, PoolSettings settings)
    : loop_(loop), launcher_(launcher), settings_(std::move(settings)) {}

BrowserPool::~BrowserPool() = default;

Task<Result<>> BrowserPool::start(MonoTime deadline) {
  // Where the one before was left by a task that was cancelled.
  co_await stop();
  ++totals_.started;
  auto settings = settings_.firefox;
  settings.folder /= "browser-" + std::to_string(totals_.started);
  // Of a perfd that was killed.
  std::error_code ignored;
  std::filesystem::remove_all(settings.folder, ignored);
  settings.start_limit = std::min(settings.start_limit, deadline - runtime::mono_now());
  auto started = co_await Firefox::start(loop_, launcher_, std::move(settings));
  if (started.has_error()) co_return started.error();
  firefox_ = std::move(*started);

  LoadSpec warm_up;
  warm_up.url = kWarmUpPage;
  warm_up.proxy = *runtime::Address::parse("127.0.0.1:9");  // it needs none
  warm_up.deadline = deadline;
  warm_up.quiet = kWarmUpQuiet;
  LoadTrace discarded;
  auto const warm = co_await load_page(*firefox_, std::move(warm_up), discarded);
  if (warm.has_error()) {
    co_await stop();
    co_return make_error(Errc::kNotStarted,
                         "the browser's first page, its own: " + warm.error().message);
  }
  co_return Result<>{};
}

Task<Result<>> BrowserPool::prepare(MonoTime deadline) {
  if (firefox_ && firefox_->running()) co_return Result<>{};
  co_return co_await start(deadline);
}

Task<Result<>> BrowserPool::load(LoadSpec spec, LoadTrace& trace) {
  trace.page.url = spec.url;
  auto const ready = co_await prepare(spec.deadline);
  if (ready.has_error()) {
    trace.error = ready.error();
    co_return ready.error();
  }
  ++totals_.loads;
  auto const number = ++loads_of_this_;
  auto const result = co_await load_page(*firefox_, std::move(spec), trace);
  trace.page.load_of_process = number;
  co_await after_load(result.has_error());
  co_return result;
}

Task<> BrowserPool::after_load(bool failed) {
  if (firefox_->running()) {
    auto const cheap = co_await firefox_->usage_at_most();
    totals_.cpu += std::max(cheap.cpu - cpu_of_this_, Micros{0});
    cpu_of_this_ = cheap.cpu;
    // Only where it may matter, and now and then for the totals.
    if (cheap.memory > settings_.max_memory || loads_of_this_ % kExactMemoryEvery == 1) {
      auto const exact = co_await firefox_->usage();
      totals_.largest_memory = std::max(totals_.largest_memory, exact.memory);
      if (exact.memory > settings_.max_memory) failed = true;
    }
  }
  if (failed || loads_of_this_ >= settings_.max_loads || !firefox_->running()) co_await stop();
}

Task<> BrowserPool::stop() {
  if (!firefox_) co_return;
  co_await firefox_->stop();
  firefox_.reset();
  loads_of_this_ = 0;
  cpu_of_this_ = Micros{0};
}

}  // namespace perfd::browser
