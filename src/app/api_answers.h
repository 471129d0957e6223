// Makes the API's answers on a pool of their own, from the store and what the daemon told last.
// Thread: the serving loop's; answers are made on the pool, with connections to the store of their
// own.
#pragma once

#include <filesystem>
#include <memory>

#include "runtime/loop.h"
#include "runtime/pool.h"
#include "web/alerts.h"
#include "web/api/endpoint.h"
#include "web/api/live.h"

namespace perfd::app {

class ApiAnswers final : public web::api::Answering {
 public:
  // `alerts` outlives this object.
  ApiAnswers(runtime::Loop& loop, std::filesystem::path store, web::Alerts const& alerts);
  ~ApiAnswers() override;

  runtime::Task<web::api::Checked<web::api::Answer>> run(Make make) override;
  // From now on this is told of the daemon.
  void tell(web::api::LiveRef live) { live_ = std::move(live); }

 private:
  class Connections;
  runtime::Loop& loop_;
  std::shared_ptr<Connections> connections_;  // shared with what still runs on the pool
  web::Alerts const& alerts_;
  web::api::LiveRef live_;
  runtime::Pool pool_{2};
};

}  // namespace perfd::app
