#include "app/api_answers.h"

#include <utility>

#include "web/api/sources.h"

namespace perfd::app {

struct ApiAnswers::Idle {
  explicit Idle(std::filesystem::path where) : store(std::move(where)) {}
  std::filesystem::path store;
};

ApiAnswers::ApiAnswers(runtime::Loop& loop, std::filesystem::path store)
    : loop_(loop), idle_(std::make_shared<Idle>(std::move(store))) {}

ApiAnswers::~ApiAnswers() = default;

runtime::Task<web::api::Checked<web::api::Answer>> ApiAnswers::run(Make make) {
  // Not inside the co_await expression: GCC 12 destroys its captures twice there.
  auto work = [idle = idle_, make = std::move(make)]() -> web::api::Checked<web::api::Answer> {
    web::api::Sources sources;
    return make(sources);
  };
  co_return co_await pool_.run(loop_, std::move(work));
}

}  // namespace perfd::app
