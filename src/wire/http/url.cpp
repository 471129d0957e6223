#include "wire/http/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/text.h"

namespace perfd::wire::http {
namespace {

constexpr std::size_t kMaxUrl = 8 * 1024;
constexpr std::size_t kMaxHostName = 255;

std::uint16_t usual_port(Url::Scheme scheme) { return scheme == Url::Scheme::kHttp ? 80 : 443; }

bool is_plain_host(std::string_view name) {
  return !name.empty() && name.size() <= kMaxHostName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_';
         });
}

Error bad(std::string_view text, std::string const& why) {
  return Error{fmt::format("address \"{}\": {}", printable(text, 120), why)};
}

}  // namespace

bool Url::is_onion() const { return host.ends_with(".onion") && host.size() > 6; }

std::string Url::host_field() const {
  auto name = ipv6 ? "[" + host + "]" : host;
  return port == usual_port(scheme) ? name : fmt::format("{}:{}", name, port);
}

std::string Url::text() const {
  return fmt::format("{}://{}{}", scheme == Scheme::kHttp ? "http" : "https", host_field(), target);
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kMaxUrl) return bad(text, fmt::format("longer than {} bytes", kMaxUrl));
  if (text.find("://") == text.npos) return bad(text, "begin it with http://");
  auto const parsed = boost::urls::parse_uri({text.data(), text.size()});
  if (!parsed) return bad(text, "not a valid address (" + parsed.error().message() + ")");

  Url url;
  auto const scheme = to_lower(std::string(parsed->scheme()));
  if (scheme == "https")
    url.scheme = Url::Scheme::kHttps;
  else if (scheme != "http")
    return bad(text, fmt::format("\"{}\" is neither http nor https", scheme));
  if (parsed->has_userinfo()) return bad(text, "user names and passwords are not supported");

  switch (parsed->host_type()) {
    case boost::urls::host_type::ipv6:
      url.host = parsed->host_ipv6_address().to_string();
      url.ipv6 = true;
      break;
    case boost::urls::host_type::ipv4:
      url.host = parsed->host_ipv4_address().to_string();
      break;
    case boost::urls::host_type::name:
      url.host = to_lower(std::string(parsed->encoded_host()));
      if (url.host.empty()) return bad(text, "a host is missing");
      if (!is_plain_host(url.host))
        return bad(text, "host names have letters, digits, dots and hyphens, at most 255 bytes");
      break;
    default:
      return bad(text, "a host is missing");
  }

  url.port = usual_port(url.scheme);
  if (parsed->has_port() && !parsed->port().empty()) {
    url.port = parsed->port_number();  // 0 where it does not fit
    if (url.port == 0) return bad(text, "ports go from 1 to 65535");
  }
  // Boost.URL 1.81 takes "http://a:80x/" for port 80 and a path "x/".
  auto const path = std::string(parsed->encoded_path());
  if (!path.empty() && path.front() != '/')
    return bad(text, "not a valid address (the port is followed by neither a path nor a query)");
  url.target = std::string(parsed->encoded_target());
  if (url.target.empty() || url.target.front() != '/') url.target.insert(0, 1, '/');
  return url;
}

}  // namespace perfd::wire::http
