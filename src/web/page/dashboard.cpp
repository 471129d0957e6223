#include "web/page/dashboard.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "web/page/figures.h"
#include "web/page/markup.h"
#include "web/page/summary.h"
#include "web/respond.h"

namespace perfd::web {
namespace {

constexpr std::string_view kAssets = "/assets/";

// Scripts and styles of this address alone, no request to any other, in nobody's frame. uPlot sets
// its styles through the object model, which style-src does not forbid.
constexpr char const* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

// "gzip, deflate", "br;q=1, gzip;q=0.8"; "gzip;q=0" is a refusal.
bool takes_gzip(Request const& request) {
  auto const accepted = request.fields.find("Accept-Encoding");
  if (!accepted) return false;
  for (auto const part : split(*accepted, ',')) {
    auto const semicolon = part.find(';');
    if (to_lower(trim(part.substr(0, semicolon))) != "gzip") continue;
    if (semicolon == std::string_view::npos) return true;
    auto const weight = to_lower(trim(part.substr(semicolon + 1)));
    return weight.find_first_not_of("q=0. ") != std::string::npos;
  }
  return false;
}

}  // namespace

runtime::Task<std::optional<Response>> Dashboard::answer(Request const& request) {
  if (request.path == "/") co_return co_await page();
  if (request.path.starts_with(kAssets))
    co_return asset(request, std::string_view(request.path).substr(kAssets.size()));
  co_return std::nullopt;
}

runtime::Task<Response> Dashboard::page() {
  auto const now = options_.now();
  if (now >= summary_until_) {
    // Not inside the co_await expression: GCC 12 destroys its captures twice there.
    auto make = [now](api::Sources& sources) -> api::Checked<api::Answer> {
      auto const summary = summary_of(sources, now);
      if (!summary) return summary.error();
      return api::Answer{summary_html(*summary)};
    };
    auto made = co_await answering_.run(std::move(make));
    summary_ = made ? std::move(made->body) : trouble_html(made.error().reason);
    // What could not be told is asked for again by the next one who comes.
    summary_until_ = made ? now + kKeep : now;
  }
  auto out = text_response(200, page_html(options_, summary_));
  out.fields = {{"Content-Type", "text/html; charset=utf-8"},
                {"Cache-Control", "no-cache"},
                {"Content-Security-Policy", kPolicy},
                {"X-Content-Type-Options", "nosniff"},
                {"Referrer-Policy", "no-referrer"}};
  co_return out;
}

Response Dashboard::asset(Request const& request, std::string_view name) const {
  auto const found = std::find_if(options_.assets.begin(), options_.assets.end(),
                                  [&](Asset const& asset) { return asset.name == name; });
  if (found == options_.assets.end())
    return text_response(404, "no such file: it is of another version of perfd; load / again\n");
  auto const etag = etag_of(found->name);
  Response out;
  out.fields = {{"Content-Type", std::string(found->type)},
                {"ETag", etag},
                {"Vary", "Accept-Encoding"},
                {"Cache-Control", "public, max-age=31536000, immutable"},
                {"X-Content-Type-Options", "nosniff"}};
  if (is_fresh(request, etag, WallTime::max())) {
    out.status = 304;
    return out;
  }
  bool const compressed = takes_gzip(request);
  if (compressed) out.fields.emplace_back("Content-Encoding", "gzip");
  out.body = std::string(compressed ? found->gzip : found->plain);
  return out;
}

}  // namespace perfd::web
