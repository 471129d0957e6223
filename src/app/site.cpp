#include "app/site.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "runtime/peer_user.h"

namespace perfd::app {
namespace {

bool is_of_ours(net::RouteRequest const& request) {
  auto const user = runtime::user_at(request.peer, request.local);
  return user && (*user == 0 || *user == ::geteuid());
}

// What a torrc line that lets others through begins with; an included file may have any of them.
constexpr std::array<std::string_view, 4> kLeadingHere = {"hiddenservice", "exitrelay",
                                                          "exitpolicy", "%include"};

bool lets_others_through(std::string const& line) {
  auto option = to_lower(trim(line));
  if (option.starts_with('+') || option.starts_with('/')) option.erase(0, 1);
  return std::any_of(kLeadingHere.begin(), kLeadingHere.end(),
                     [&](auto beginning) { return option.starts_with(beginning); });
}

// The API is read only; everything else that is asked with another method is the server's.
net::RouteResponse method_not_allowed() {
  net::RouteResponse out;
  out.status = 405;
  out.fields.add("Allow", "GET, HEAD");
  out.fields.add("Content-Type", "application/json");
  out.body = std::string(R"({"error":{"reason":"this is only read: GET or HEAD"}})") + "\n";
  return out;
}

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

Site::Loopback Site::loopback_with(std::vector<config::Tor> const& tors) {
  for (auto const& tor : tors)
    if (std::any_of(tor.torrc.begin(), tor.torrc.end(), lets_others_through))
      return Loopback::everybody;
  return Loopback::users;
}

runtime::Task<std::optional<net::RouteResponse>> Site::answer(net::RouteRequest const& request) {
  using wire::http::Method;
  auto const method = request.head.method;
  if (method != Method::kGet && method != Method::kHead) {
    if (!request.head.path().starts_with("/api/")) co_return std::nullopt;
    co_return method_not_allowed();
  }

  web::Request asked;
  asked.head = method == Method::kHead;
  asked.path = request.head.path();
  asked.query = request.head.query();
  asked.if_none_match = field(request.head.fields, "If-None-Match");
  asked.if_modified_since = field(request.head.fields, "If-Modified-Since");
  asked.fields = request.head.fields;
  asked.from_here = loopback_ == Loopback::users && is_of_ours(request);
  std::optional<web::Response> answer;
  for (auto* const part : parts_) {
    answer = co_await part->answer(asked);
    if (answer) break;
  }
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
