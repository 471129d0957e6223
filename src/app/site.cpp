#include "app/site.h"

#include <utility>

namespace perfd::app {
namespace {

std::optional<std::string> field(wire::http::Fields const& fields, std::string_view name) {
  auto const value = fields.find(name);
  return value ? std::optional<std::string>(*value) : std::nullopt;
}

class WebBody final : public net::BodySource {
 public:
  explicit WebBody(std::unique_ptr<web::Body> body) : body_(std::move(body)) {}

  runtime::Task<Result<std::span<const std::byte>>> next() override {
    auto piece = co_await body_->next();
    if (!piece) co_return piece.error();
    piece_ = std::move(*piece);
    co_return std::as_bytes(std::span(piece_.data(), piece_.size()));
  }

 private:
  std::unique_ptr<web::Body> body_;
  std::string piece_;
};

}  // namespace

runtime::Task<std::optional<net::RouteResponse>> Site::answer(net::RouteRequest const& request) {
  using wire::http::Method;
  auto const method = request.head.method;
  if (method != Method::kGet && method != Method::kHead) co_return std::nullopt;

  web::Request asked;
  asked.head = method == Method::kHead;
  asked.path = request.head.path();
  asked.query = request.head.query();
  asked.if_none_match = field(request.head.fields, "If-None-Match");
  asked.if_modified_since = field(request.head.fields, "If-Modified-Since");
  auto answer = co_await results_.answer(asked);
  if (!answer && collector_ != nullptr) answer = co_await collector_->answer(asked);
  if (!answer) co_return std::nullopt;

  net::RouteResponse out;
  out.status = answer->status;
  for (auto& [name, value] : answer->fields) out.fields.add(name, std::move(value));
  if (auto* const text = std::get_if<std::string>(&answer->body))
    out.body = std::move(*text);
  else
    out.body =
        std::make_unique<WebBody>(std::move(std::get<std::unique_ptr<web::Body>>(answer->body)));
  out.length = answer->length;
  co_return out;
}

}  // namespace perfd::app
