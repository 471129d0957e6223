// The web room's questions about many results, answered from the store's roll-ups and rows.
// Thread: any; each call has a connection of its own.
#pragma once

#include <filesystem>
#include <mutex>
#include <vector>

#include "store/trends.h"
#include "web/trends.h"

namespace perfd::app {

class StoreTrends final : public web::TrendSource {
 public:
  explicit StoreTrends(std::filesystem::path store) : store_(std::move(store)) {}

  Result<web::TrendTold> ask(web::TrendAsked const& asked, web::EachTrendSlot const& each) override;

 private:
  Result<store::Trends> take();

  std::filesystem::path store_;
  std::mutex mutex_;
  std::vector<store::Trends> idle_;  // connections that nobody uses at the moment
};

}  // namespace perfd::app
