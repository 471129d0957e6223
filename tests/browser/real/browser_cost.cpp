// What a browser and a page load cost: time, processor time and memory, perfd's own share too.
//
//   scripts/lib/in-namespace browser_cost FIREFOX [LOADS]
//
// One browser without a warm-up, so that the first loads show what the warm-up of a pool is for,
// then a pool. Page: the tests' /, ten requests on loopback, one of 150 ms, one redirect, a frame.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "base/text.h"
#include "browser/browser_pool.h"
#include "browser/real/support/site.h"
#include "net/support/socks_proxy.h"
#include "runtime/clock.h"
#include "runtime/files.h"

namespace perfd::browser::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

double ms(Nanos span) { return std::chrono::duration<double, std::milli>(span).count(); }
double ms(std::optional<Micros> span) { return span ? ms(Nanos{*span}) : -1; }

// Of this process alone: children are another process's, the launcher's.
Nanos own_cpu() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  auto const of = [](timeval const& time) {
    return Nanos{seconds{time.tv_sec}} + std::chrono::microseconds{time.tv_usec};
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

struct Place {
  explicit Place(std::string_view binary)
      : launcher(loop, runtime::LauncherChannel::fork_now().value()),
        folder(runtime::make_temporary_folder("perfd-cost").value()) {
    settings.binary = binary;
    settings.folder = folder / "firefox";
    settings.loopback_fuse = true;
  }
  ~Place() {
    loop.run_until_done(launcher.stop());
    std::filesystem::remove_all(folder);
  }
  LoadSpec spec() {
    LoadSpec out;
    out.url = site.url("/");
    out.proxy = socks.address();
    out.deadline = runtime::mono_now() + seconds{120};
    out.quiet = milliseconds{500};
    return out;
  }
  void tell(char const* what, LoadTrace const& trace, Nanos took, Usage const& usage) {
    auto const& marks = trace.marks;
    auto const since = [&](std::string_view name) {
      return ms(marks.between(model::mark::kStart, name));
    };
    std::printf(
        "%s %s: in all %.0f ms; from START: request %.1f, response %.1f, first paint %.1f, "
        "load %.1f, last byte %.1f ms; clocks differ by %lld us; %lld MiB, CPU %.2f s\n",
        what, trace.error ? trace.error->message.c_str() : "ok", ms(took),
        since(model::mark::kDataRequest), since(model::mark::kDataResponse),
        since(model::mark::kFirstContentfulPaint), since(model::mark::kLoad),
        since(model::mark::kDataComplete),
        trace.page.clocks.empty() ? -1LL
                                  : static_cast<long long>(trace.page.clocks[0].largest.count()),
        static_cast<long long>(usage.memory.count >> 20),
        static_cast<double>(usage.cpu.count()) / 1e6);
  }

  runtime::Loop loop;
  runtime::Launcher launcher;
  std::filesystem::path folder;
  FirefoxSettings settings;
  Site site{loop};
  net::test::SocksProxy socks{loop};
};

void without_warm_up(Place& place) {
  auto firefox =
      place.loop.run_until_done(Firefox::start(place.loop, place.launcher, place.settings)).value();
  std::printf("%s started in %.0f ms\n", firefox->version().c_str(), ms(firefox->start_time()));
  for (int i = 0; i < 4; ++i) {
    LoadTrace trace;
    auto const began = runtime::mono_now();
    (void)place.loop.run_until_done(load_page(*firefox, place.spec(), trace));
    auto const took = runtime::mono_now() - began;
    place.tell("cold browser", trace, took, place.loop.run_until_done(firefox->usage()));
  }
  auto const began = runtime::mono_now();
  place.loop.run_until_done(firefox->stop());
  std::printf("stopped in %.0f ms\n", ms(runtime::mono_now() - began));
}

void with_pool(Place& place, int loads) {
  PoolSettings settings;
  settings.firefox = place.settings;
  settings.max_loads = loads + 1;
  BrowserPool pool(place.loop, place.launcher, settings);
  auto began = runtime::mono_now();
  (void)place.loop.run_until_done(pool.prepare(runtime::mono_now() + seconds{120}));
  std::printf("pool ready, warm-up included, after %.0f ms\n", ms(runtime::mono_now() - began));
  auto const cpu_before = place.loop.run_until_done(pool.browser()->usage()).cpu;
  auto const own_before = own_cpu();
  began = runtime::mono_now();
  for (int i = 0; i < loads; ++i) {
    LoadTrace trace;
    auto const load_began = runtime::mono_now();
    (void)place.loop.run_until_done(pool.load(place.spec(), trace));
    auto const took = runtime::mono_now() - load_began;
    if (i < 3 || i + 1 == loads || trace.error)
      place.tell(
          "warm browser", trace, took,
          pool.browser() != nullptr ? place.loop.run_until_done(pool.browser()->usage()) : Usage{});
  }
  auto const took = runtime::mono_now() - began;
  auto const cpu = pool.totals().cpu - cpu_before;
  auto const own = own_cpu() - own_before;
  std::printf(
      "%d loads: %.0f ms each, %.0f ms of the browser's CPU each, %.1f ms of this process's "
      "(site and proxy of the test included, %.1f %%); largest memory %lld MiB\n",
      loads, ms(took) / loads, ms(Nanos{cpu}) / loads, ms(own) / loads,
      100.0 * ms(own) / ms(Nanos{cpu}),
      static_cast<long long>(pool.totals().largest_memory.count >> 20));
  place.loop.run_until_done(pool.stop());
}

}  // namespace
}  // namespace perfd::browser::test

int main(int argc, char** argv) {
  using namespace perfd::browser::test;
  if (argc < 2) return 2;
  Place place(argv[1]);
  without_warm_up(place);
  with_pool(place, argc > 2 ? perfd::parse_int<int>(argv[2]).value_or(20) : 20);
  return 0;
}
