#include "web/api/api.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "web/api/openapi.h"
#include "web/respond.h"

namespace perfd::web::api {
namespace {

constexpr std::string_view kOpenApi = "openapi.json";
Refusal const kTooMany{503, {}, "too many are asking at the moment; try again"};
// What a body may have without being counted: connections are bounded, too.
constexpr std::size_t kSmall = 16 << 10;

// A text that counts as held until the client took it or went away.
class HeldBody final : public Body {
 public:
  HeldBody(std::string text, std::shared_ptr<std::size_t> held)
      : text_(std::move(text)), size_(text_.size()), held_(std::move(held)) {
    *held_ += size_;
  }
  ~HeldBody() override { *held_ -= size_; }
  HeldBody(HeldBody const&) = delete;
  HeldBody& operator=(HeldBody const&) = delete;

  runtime::Task<Result<std::string>> next() override {
    co_return success(std::exchange(text_, std::string()));
  }

 private:
  std::string text_;
  std::size_t size_;
  std::shared_ptr<std::size_t> held_;
};

class Counted {
 public:
  explicit Counted(std::size_t& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(Counted const&) = delete;
  Counted& operator=(Counted const&) = delete;

 private:
  std::size_t& count_;
};

std::string_view content_type_of(Address const& address, Form form) {
  if (form == Form::csv) return "text/csv; charset=utf-8; header=present";
  return form == Form::ndjson ? "application/x-ndjson" : address.content_type;
}

// The same question from there on.
std::string link_to_next(Request const& request, std::string const& cursor) {
  std::string query;
  for (auto const part : split(request.query, '&'))
    if (!part.empty() && !part.starts_with("cursor=")) query += std::string(part) + "&";
  return "<" + request.path + "?" + query + "cursor=" + cursor + ">; rel=\"next\"";
}

// What was asked, of which results, and when, where that matters.
std::string etag_of_call(Request const& request, Call const& call, std::string const& results,
                         std::string const& version) {
  auto text = version + " " + results + " " + request.path + "?" + request.query;
  if (call.arguments.is_relative())
    text +=
        " " + std::to_string(
                  std::chrono::floor<std::chrono::minutes>(call.now).time_since_epoch().count());
  return etag_of(text);
}

Response with_common_fields(Address const& address, Form form) {
  Response out;
  out.fields = {{"Content-Type", std::string(content_type_of(address, form))},
                {"Cache-Control", "no-cache"},
                {"Access-Control-Allow-Origin", "*"},
                {"Access-Control-Expose-Headers", "ETag, Link"},
                {"X-Content-Type-Options", "nosniff"}};
  return out;
}

}  // namespace

Api::Api(Answering& answering, ResultQuery& query, ApiOptions options)
    : answering_(answering),
      query_(query),
      options_(std::move(options)),
      openapi_(openapi_document(options_.endpoints, options_.version)) {}

Checked<Api::Found> Api::find(std::string_view path) const {
  auto const name = path.substr(std::min(path.size(), kRoot.size()));
  std::vector<std::string_view> known = {kOpenApi};
  for (auto const& endpoint : options_.endpoints) {
    auto const& address = endpoint.address;
    known.push_back(address.name);
    if (!path.starts_with(kRoot) || !name.starts_with(address.name)) continue;
    auto const form = name.substr(address.name.size());
    if (form.empty()) return Found{&endpoint, Form::json};
    if (form == suffix(Form::csv) && address.csv) return Found{&endpoint, Form::csv};
    if (form == suffix(Form::ndjson) && address.ndjson) return Found{&endpoint, Form::ndjson};
  }
  auto const near = nearest(name, known);
  return Refusal{
      404,
      {},
      "there is no " + printable(path, 80) +
          (near ? "; did you mean " + std::string(kRoot) + std::string(*near) + "?"
                : "; " + std::string(kRoot) + std::string(kOpenApi) + " tells what there is")};
}

runtime::Task<std::optional<Response>> Api::answer(Request const& request) {
  constexpr std::string_view kAll = "/api/";
  if (!request.path.starts_with(kAll)) co_return std::nullopt;
  if (request.path == std::string(kRoot) + std::string(kOpenApi)) {
    Address const plain;
    auto out = with_common_fields(plain, Form::json);
    auto etag = etag_of(openapi_);
    out.fields.emplace_back("ETag", etag);
    auto asked = request;
    asked.if_modified_since.reset();
    if (is_fresh(asked, etag, {}))
      out.status = 304;
    else
      out.body = openapi_;
    co_return out;
  }
  auto const found = find(request.path);
  if (!found) co_return to_response(found.error());
  if (!found->endpoint->make) co_return std::nullopt;
  co_return co_await answer_at(request, *found);
}

runtime::Task<Checked<Answer>> Api::make(Endpoint const& endpoint, Call call) {
  if (running_ >= options_.max_running || *held_bytes_ >= options_.max_held_bytes)
    co_return kTooMany;
  Counted const running(running_);
  // Not inside the co_await expression: GCC 12 destroys its captures twice there.
  auto work = [function = endpoint.make, call = std::move(call)](Sources& sources) {
    return function(call, sources);
  };
  co_return co_await answering_.run(std::move(work));
}

runtime::Task<Response> Api::answer_at(Request const& request, Found found) {
  auto const& address = found.endpoint->address;
  auto const now = options_.now();
  auto arguments = Arguments::parse(address, request.query, now);
  if (!arguments) co_return to_response(arguments.error());
  Call call{std::move(*arguments), found.form, options_.privilege.holds(request), now};

  auto out = with_common_fields(address, found.form);
  if (address.of_results) {
    auto const results = co_await query_.version();
    if (!results) co_return to_response(unavailable(results.error()));
    auto etag = etag_of_call(request, call, results->token, options_.version);
    out.fields.emplace_back("ETag", etag);
    auto asked = request;
    asked.if_modified_since.reset();  // what is deleted changes an answer, too
    if (is_fresh(asked, etag, {})) {
      out.status = 304;
      co_return out;
    }
  } else {
    out.fields.emplace_back("Vary", "Authorization");
    out.fields[1].second = "no-store";
  }
  auto made = co_await make(*found.endpoint, std::move(call));
  if (!made) co_return to_response(made.error());
  // Others may have been answered meanwhile. A single one is never too large.
  if (*held_bytes_ > 0 && *held_bytes_ + made->body.size() > options_.max_held_bytes)
    co_return to_response(kTooMany);
  if (!made->next.empty()) out.fields.emplace_back("Link", link_to_next(request, made->next));
  if (made->body.size() <= kSmall) {
    out.body = std::move(made->body);
  } else {
    out.length = made->body.size();
    out.body = held(std::move(made->body));
  }
  co_return out;
}

std::unique_ptr<Body> Api::held(std::string text) {
  return std::make_unique<HeldBody>(std::move(text), held_bytes_);
}

}  // namespace perfd::web::api
