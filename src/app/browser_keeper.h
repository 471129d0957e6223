// The browsers of page loads: each load borrows one, so that as many run as loads do at a time.
// Thread: the measuring loop's. Ownership: refers to loop and launcher, which outlive it.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "browser/browser_pool.h"
#include "config/settings.h"

namespace perfd::app {

class BrowserKeeper {
 public:
  // `folder` holds the browsers' profiles.
  BrowserKeeper(runtime::Loop& loop, runtime::Launcher& launcher, config::Browser settings,
                std::filesystem::path folder);

  // A browser for one load at a time; given back by its destruction.
  class Lease {
   public:
    Lease(BrowserKeeper& keeper, browser::BrowserPool& pool) : keeper_(&keeper), pool_(&pool) {}
    Lease(Lease&& other) noexcept
        : keeper_(std::exchange(other.keeper_, nullptr)), pool_(other.pool_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (keeper_ != nullptr) keeper_->give_back(*pool_);
    }
    [[nodiscard]] browser::BrowserPool& pool() { return *pool_; }

   private:
    BrowserKeeper* keeper_;
    browser::BrowserPool* pool_;
  };
  // Waits for one until then, or until `stop` is set. The error says why there is none: the program
  // is missing, all are busy.
  [[nodiscard]] runtime::Task<Result<Lease>> borrow(MonoTime until, runtime::Event& stop);

  // Ends all browsers. REQUIRES: none is borrowed.
  runtime::Task<> stop();

 private:
  struct Browser {
    std::unique_ptr<browser::BrowserPool> pool;
    bool busy = false;
  };
  void give_back(browser::BrowserPool& pool);
  [[nodiscard]] Result<Browser*> free_one();

  runtime::Loop& loop_;
  runtime::Launcher& launcher_;
  config::Browser settings_;
  std::filesystem::path folder_;
  std::vector<std::unique_ptr<Browser>> browsers_;
  runtime::Event changed_;
};

}  // namespace perfd::app
