// Makes the API's answers on a pool of their own, from the store.
// Thread: the serving loop's; answers are made on the pool, with one connection to the store each
// at a time.
#pragma once

#include <filesystem>
#include <memory>

#include "runtime/loop.h"
#include "runtime/pool.h"
#include "web/api/endpoint.h"

namespace perfd::app {

class ApiAnswers final : public web::api::Answering {
 public:
  ApiAnswers(runtime::Loop& loop, std::filesystem::path store);
  ~ApiAnswers() override;

  runtime::Task<web::api::Checked<web::api::Answer>> run(Make make) override;

 private:
  struct Idle;
  runtime::Loop& loop_;
  std::shared_ptr<Idle> idle_;  // shared with what still runs on the pool
  runtime::Pool pool_{2};
};

}  // namespace perfd::app
