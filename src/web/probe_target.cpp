#include "web/probe_target.h"

#include <algorithm>

#include "base/onion_address.h"
#include "base/text.h"
#include "wire/ip.h"

namespace perfd::web {
namespace {

// The longest of them are onion addresses and paths; the record must hold it.
constexpr std::size_t kMaxTarget = 2000;

bool is_local_v4(std::uint8_t a, std::uint8_t b, std::uint8_t c) {
  return a == 0 || a == 10 || a == 127 || a >= 224 || (a == 100 && b >= 64 && b < 128) ||
         (a == 169 && b == 254) || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168) ||
         (a == 192 && b == 0 && c == 0) || (a == 198 && (b == 18 || b == 19));
}

bool is_local(wire::IpAddress const& address) {
  auto const& o = address.octets;
  if (!address.v6) return is_local_v4(o[0], o[1], o[2]);
  bool const zeros = std::all_of(o.begin(), o.begin() + 10, [](auto byte) { return byte == 0; });
  // "::", "::1" and addresses of IPv4 in either form.
  if (zeros && ((o[10] == 0 && o[11] == 0) || (o[10] == 0xff && o[11] == 0xff)))
    return (o[10] == 0) || is_local_v4(o[12], o[13], o[14]);
  // The same, translated: 64:ff9b::/96 and 64:ff9b:1::/48.
  if (o[0] == 0 && o[1] == 0x64 && o[2] == 0xff && o[3] == 0x9b) return true;
  // Unique local, link local, site local, multicast.
  return (o[0] & 0xfe) == 0xfc || (o[0] == 0xfe && (o[1] & 0x80) == 0x80) || o[0] == 0xff;
}

std::string_view without_dot(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

// As resolvers see it: a last label that begins like a number makes all of it an address.
bool ends_in_number(std::string_view host) {
  auto const last = host.substr(host.rfind('.') == host.npos ? 0 : host.rfind('.') + 1);
  return last.empty() || (last.front() >= '0' && last.front() <= '9');
}

bool is_below(std::string_view host, std::string_view domain) {
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.';
}

}  // namespace

Result<wire::http::Url> parse_probe_target(std::string_view target) {
  if (target.empty()) return Error{"is missing: an address as in http://example.org/ is expected"};
  if (target.size() > kMaxTarget) return Error{"is longer than 2000 characters"};
  std::string whole(target);
  if (target.find("://") == target.npos) whole = "http://" + whole;
  auto url = wire::http::parse_url(whole);
  if (!url) return Error{url.error().message};
  if (auto wrong = onion_problem(url->host)) return Error{std::move(*wrong)};
  return url;
}

bool is_local_host(std::string const& host) {
  auto const name = without_dot(host);
  if (auto const address = wire::parse_ip(name)) return is_local(*address);
  if (name.find('.') == name.npos || ends_in_number(name)) return true;
  for (auto const* domain : {"localhost", "local", "internal", "localdomain", "lan", "home.arpa"})
    if (is_below(name, domain)) return true;
  return false;
}

bool may_probe(std::string const& host, std::vector<std::string> const& patterns) {
  auto const lower = to_lower(without_dot(host));
  bool const local = is_local_host(lower);
  return std::any_of(patterns.begin(), patterns.end(), [&](std::string const& pattern) {
    if (pattern == "*") return !local;
    if (pattern.starts_with("*.")) return !local && is_below(lower, to_lower(pattern.substr(2)));
    return lower == to_lower(pattern);
  });
}

}  // namespace perfd::web
