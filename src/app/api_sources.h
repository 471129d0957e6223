// What the API wants to know, from the store: implements its ports over connections that read.
// Thread: one at a time.
#pragma once

#include <filesystem>

#include "store/by_time.h"
#include "store/tor_pages.h"
#include "web/api/result_source.h"
#include "web/api/tor_source.h"

namespace perfd::app {

class StoredResults final : public web::api::ResultSource {
 public:
  explicit StoredResults(store::ByTime results) : results_(std::move(results)) {}

  Result<Reached> list(web::api::ResultsAsked const& asked,
                       std::function<void(web::api::ListedResult const&)> const& each) override;
  Result<Reached> records(web::api::ResultsAsked const& asked,
                          std::function<bool(std::string const&)> const& each) override;
  Result<bool> measurements(model::Selection const& which, std::size_t most, bool whole,
                            std::function<void(model::Measurement&)> const& each) override;
  Result<web::api::StoreExtent> extent() override;

 private:
  Result<Reached> list_selected(web::api::ResultsAsked const& asked,
                                std::function<void(web::api::ListedResult const&)> const& each);

  store::ByTime results_;
};

class StoredCircuits final : public web::api::TorSource {
 public:
  explicit StoredCircuits(store::TorPages tors) : tors_(std::move(tors)) {}

  Result<std::vector<web::api::ListedCircuit>> circuits(
      web::api::CircuitsAsked const& asked) override;
  Result<std::vector<web::api::CircuitCount>> circuit_counts(WallTime since,
                                                             WallTime until) override;
  Result<std::vector<model::GuardChoice>> guard_choices(WallTime since, WallTime until,
                                                        std::size_t most) override;
  Result<std::map<std::string, std::string>> nicknames() override;

 private:
  store::TorPages tors_;
};

}  // namespace perfd::app
