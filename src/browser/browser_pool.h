// Keeps one browser ready for page loads, and takes a new one when that is better.
//
// The first load of a process is always slower: it starts the process of the page, compiles the
// browser's own scripts and fills its caches. So each new process loads a page of its own first,
// which is discarded: a data: page with style, script, image and text. It is not the caller's URL,
// whose requests would go through the caller's proxy and tor and stand in their records.
// Thread: the loop's. One load at a time. Ownership: refers to loop and launcher, which outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "browser/firefox.h"
#include "browser/page_loader.h"

namespace perfd::browser {

struct PoolSettings {
  // `folder` is the pool's alone: each process gets a folder of its own in it.
  FirefoxSettings firefox;
  std::int64_t max_loads = 50;   // of one process; the warm-up counts not
  Bytes max_memory = MiB(2048);  // PSS; above it, after a load, the process is ended
};

class BrowserPool {
 public:
  BrowserPool(runtime::Loop& loop, runtime::Launcher& launcher, PoolSettings settings);
  ~BrowserPool();  // REQUIRES: stop() was awaited, or the loop runs no more
  BrowserPool(BrowserPool const&) = delete;
  BrowserPool& operator=(BrowserPool const&) = delete;

  // Starts a browser if there is none: take that into account in the deadline, or call prepare()
  // before. A browser that doesn't come up by then is kNotStarted, and the next load tries again.
  // After any error, `max_loads` or `max_memory` the browser is ended before this returns.
  [[nodiscard]] runtime::Task<Result<>> load(LoadSpec spec, LoadTrace& trace);

  // Has a browser started and warmed up.
  [[nodiscard]] runtime::Task<Result<>> prepare(MonoTime deadline);

  // Ends the browser; a later load starts another.
  runtime::Task<> stop();

  // What it took so far, all its processes together; for reports of cost.
  struct Totals {
    std::int64_t started = 0;  // processes, those that did not come up included
    std::int64_t loads = 0;
    Micros cpu{0};         // of browsers, as far as it was seen: after each load
    Bytes largest_memory;  // looked at after every tenth load
  };
  [[nodiscard]] Totals const& totals() const { return totals_; }
  [[nodiscard]] Firefox* browser() { return firefox_.get(); }  // null: none is ready

 private:
  runtime::Task<Result<>> start(MonoTime deadline);
  runtime::Task<> after_load(bool failed);

  runtime::Loop& loop_;
  runtime::Launcher& launcher_;
  PoolSettings settings_;
  Totals totals_;
  std::unique_ptr<Firefox> firefox_;
  Micros cpu_of_this_{0};
  std::int64_t loads_of_this_ = 0;
};

}  // namespace perfd::browser
