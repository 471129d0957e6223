// The page for people:
//
//   /                     key figures as HTML, useful without scripts; then the dashboard takes
//   over /assets/NAME.HASH.EXT its script and style sheet, which never change under their names
//
// Nothing of it asks another host for anything, and the page's policy forbids that it could.
// Thread: the serving loop's; figures are asked for where that may block. Ownership: refers to the
// port.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "web/api/endpoint.h"
#include "web/http.h"
#include "web/page/assets.h"

namespace perfd::web {

struct DashboardOptions {
  std::string vantage;
  bool publishes = false;  // whether there is a /collector/
  std::string version;     // perfd's
  std::function<WallTime()> now;
  std::span<Asset const> assets = web::assets();
};

class Dashboard final : public Part {
 public:
  Dashboard(api::Answering& answering, DashboardOptions options)
      : answering_(answering), options_(std::move(options)) {}

  runtime::Task<std::optional<Response>> answer(Request const& request) override;

 private:
  runtime::Task<Response> page();
  [[nodiscard]] Response asset(Request const& request, std::string_view name) const;

  // How long one summary is good enough for everybody who comes: it takes a look at all results of
  // two days.
  static constexpr auto kKeep = std::chrono::seconds(5);

  api::Answering& answering_;
  DashboardOptions options_;
  std::string summary_;
  WallTime summary_until_{};
};

}  // namespace perfd::web
