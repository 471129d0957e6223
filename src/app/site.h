// Lets the web room answer on the measurement server's address.
// Thread: the serving loop's.
#pragma once

#include "net/route.h"
#include "web/collector.h"
#include "web/results.h"

namespace perfd::app {

class Site final : public net::Route {
 public:
  // Null: nothing is published here.
  Site(web::Results& results, web::Collector* collector)
      : results_(results), collector_(collector) {}
  runtime::Task<std::optional<net::RouteResponse>> answer(
      net::RouteRequest const& request) override;

 private:
  web::Results& results_;
  web::Collector* collector_;
};

}  // namespace perfd::app
