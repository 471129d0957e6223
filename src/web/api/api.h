// /api/v1/…: finds the address, checks the parameters, and answers; what all addresses have in
// common is here. docs/api.md tells it to users.
//
// Bounded: so many answers are made at a time, and so many bytes of answers wait for their
// clients to take them; who comes then is asked to come again (503).
// Thread: the serving loop's. Ownership: refers to both ports.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "web/api/endpoint.h"
#include "web/http.h"
#include "web/privilege.h"
#include "web/query.h"

namespace perfd::web::api {

struct ApiOptions {
  std::vector<Endpoint> endpoints = api::endpoints();
  Privilege privilege;
  std::function<WallTime()> now;
  std::string version;  // perfd's: another one may answer otherwise
  std::size_t max_running = 64;
  std::size_t max_held_bytes = 64 << 20;
};

class Api final : public Part {
 public:
  Api(Answering& answering, ResultQuery& query, ApiOptions options);
  // All of /api/… that the parts before it left.
  runtime::Task<std::optional<Response>> answer(Request const& request) override;

 private:
  struct Found {
    Endpoint const* endpoint = nullptr;
    Form form = Form::json;
  };
  [[nodiscard]] Checked<Found> find(std::string_view path) const;
  runtime::Task<Response> answer_at(Request const& request, Found found);
  runtime::Task<Checked<Answer>> make(Endpoint const& endpoint, Call call);
  [[nodiscard]] std::unique_ptr<Body> held(std::string text);

  Answering& answering_;
  ResultQuery& query_;
  ApiOptions options_;
  std::string openapi_;
  std::size_t running_ = 0;
  std::shared_ptr<std::size_t> held_bytes_ = std::make_shared<std::size_t>(0);
};

}  // namespace perfd::web::api
