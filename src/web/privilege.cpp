#include "web/privilege.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "web/respond.h"

namespace perfd::web {
namespace {

constexpr std::array<std::string_view, 6> kPassedOn = {
    "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"};

bool is_passed_on(wire::http::Fields const& fields) {
  return std::any_of(kPassedOn.begin(), kPassedOn.end(),
                     [&](auto name) { return fields.contains(name); });
}

// The name of another site may lead to this machine, for a while: its pages must not be ours.
bool names_loopback(std::string_view host) {
  if (auto const end = host.rfind(':'); end != host.npos && host.find(']', end) == host.npos)
    host = host.substr(0, end);
  if (equals_ignoring_case(host, "localhost") || host == "[::1]") return true;
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos;
}

// What browsers say of a page of another site that makes them ask.
bool is_of_another_site(wire::http::Fields const& fields, std::string_view host) {
  if (auto const site = fields.find("Sec-Fetch-Site"))
    if (*site != "same-origin" && *site != "none") return true;
  auto const origin = fields.find("Origin");
  return origin && *origin != "http://" + std::string(host);
}

std::optional<std::string_view> bearer_of(wire::http::Fields const& fields) {
  constexpr std::string_view kScheme = "Bearer ";
  auto const given = fields.find("Authorization");
  if (!given || !equals_ignoring_case(given->substr(0, kScheme.size()), kScheme))
    return std::nullopt;
  return trim(given->substr(kScheme.size()));
}

}  // namespace

bool equals_in_constant_time(std::string_view secret, std::string_view given) {
  unsigned char volatile differs = secret.size() == given.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i) {
    auto const expected = secret.empty() ? '\0' : secret[i % secret.size()];
    differs = static_cast<unsigned char>(differs | (expected ^ given[i]));
  }
  return differs == 0;
}

bool Privilege::holds(Request const& request) const {
  // Who gives a token is judged by it alone.
  if (auto const given = bearer_of(request.fields))
    return token_ && !token_->empty() && equals_in_constant_time(*token_, *given);
  if (!request.from_here || is_passed_on(request.fields)) return false;
  auto const host = request.fields.find("Host");
  return host && names_loopback(*host) && !is_of_another_site(request.fields, *host);
}

Response needs_privilege() {
  auto out = text_response(
      401,
      "this needs `Authorization: Bearer TOKEN` with the token of [results] token-file, or to be "
      "asked from perfd's own machine: docs/api.md tells how\n");
  out.fields.emplace_back("WWW-Authenticate", "Bearer");
  return out;
}

}  // namespace perfd::web
