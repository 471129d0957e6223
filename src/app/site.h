// Lets the web room answer on the measurement server's address.
// Thread: the serving loop's.
#pragma once

#include "net/route.h"
#include "web/results.h"

namespace perfd::app {

class Site final : public net::Route {
 public:
  explicit Site(web::Results& results) : results_(results) {}
  runtime::Task<std::optional<net::RouteResponse>> answer(
      net::RouteRequest const& request) override;

 private:
  web::Results& results_;
};

}  // namespace perfd::app
