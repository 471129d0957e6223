#include "config/limits.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/onion_address.h"
#include "config/codec.h"
#include "config/definition.h"

namespace perfd::config {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f;
}

bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  for (auto const label : split(text, '.')) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
      return false;
    if (!std::all_of(label.begin(), label.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; }))
      return false;
  }
  return true;
}

bool is_numeric_v6(std::string const& text) {
  in6_addr room{};
  return inet_pton(AF_INET6, text.c_str(), &room) == 1;
}

// "host:port" with a port that can be connected to.
bool is_host_and_port(std::string_view text) {
  auto const colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  auto const port = parse_int<std::uint16_t>(text.substr(colon + 1));
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    return port.value_or(0) != 0 && is_numeric_v6(std::string(host.substr(1, host.size() - 2)));
  return port.value_or(0) != 0 && is_host_name(host);
}

// Options by which perfd holds the process: another value would cut it off from its tor.
constexpr std::array<std::string_view, 9> kOwnOptions = {
    "DataDirectory", "ControlPort", "ControlSocket", "CookieAuthentication",     "CookieAuthFile",
    "RunAsDaemon",   "User",        "PidFile",       "__OwningControllerProcess"};

template <class T, class Format>
Limit<T> range(T low, T high, Format format) {
  auto text = "from " + format(low) + " to " + format(high);
  return {[=](T const& value) -> Wrong {
            if (value >= low && value <= high) return std::nullopt;
            return format(value) + " is out of range: must be " + text;
          },
          text};
}

}  // namespace

Limit<Bytes> between(Bytes low, Bytes high) { return range(low, high, format_bytes); }
Limit<Micros> between(Micros low, Micros high) { return range(low, high, format_duration); }
Limit<std::int32_t> between(std::int32_t low, std::int32_t high) {
  return range(low, high, [](std::int32_t value) { return std::to_string(value); });
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameLength && is_alphanumeric(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

Wrong check_name(std::string const& text) {
  if (is_name(text)) return std::nullopt;
  return (text.empty() ? "is empty" : "'" + printable(text, 80) + "' is not a name") +
         ": 1 to 64 of A-Z a-z 0-9 . _ - are expected, the first a letter or a digit";
}

Wrong check_not_empty(std::string const& text) {
  if (text.empty()) return "is empty";
  return std::nullopt;
}

Wrong check_file(std::string const& path) {
  if (path.empty()) return "is empty: the path of a file is expected";
  if (path.back() == '/')
    return "'" + printable(path) + "' is a folder: the path of a file is expected";
  if (std::any_of(path.begin(), path.end(), is_control))
    return "'" + printable(path) + "' has control characters";
  return std::nullopt;
}

Wrong check_host(std::string const& text) {
  if (is_host_name(text) || is_numeric_v6(text)) return std::nullopt;
  return (text.empty() ? "is empty" : "'" + printable(text, 80) + "' is not a host") +
         ": a host name or a numeric address is expected, without a port";
}

Wrong check_account(std::optional<std::string> const& user_or_group) {
  if (!user_or_group) return std::nullopt;
  auto const& text = *user_or_group;
  if (text == "root") return "\"root\" drops no privileges: name an ordinary account";
  bool const good =
      !text.empty() && text.size() <= 32 && (is_alphanumeric(text[0]) || text[0] == '_') &&
      !(text[0] >= '0' && text[0] <= '9') && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alphanumeric(c) || c == '_' || c == '-' || c == '.';
      });
  if (good) return std::nullopt;
  return "'" + printable(text, 60) + "' is not the name of an account";
}

Wrong check_listen(std::vector<ListenAddress> const& addresses) {
  if (addresses.empty()) return "is empty: at least one address is expected";
  return check_listen_tls(addresses);
}

Wrong check_listen_tls(std::vector<ListenAddress> const& addresses) {
  if (addresses.size() > 16) return "has more than 16 addresses";
  for (auto a = addresses.begin(); a != addresses.end(); ++a)
    if (a->port != 0 && std::find(a + 1, addresses.end(), *a) != addresses.end())
      return "has " + format_listen_address(*a) + " twice";
  return std::nullopt;
}

Wrong check_control_address(std::optional<std::string> const& text) {
  if (!text || is_host_and_port(*text)) return std::nullopt;
  constexpr std::string_view kUnix = "unix:/";
  if (text->starts_with(kUnix) && text->size() > kUnix.size() &&
      std::none_of(text->begin(), text->end(), is_control))
    return std::nullopt;
  return "'" + printable(*text, 80) +
         "' is not a control address: \"127.0.0.1:9051\" or \"unix:/run/tor/control\" is expected";
}

std::string_view torrc_option(std::string_view line) {
  line = trim(line);
  while (!line.empty() && (line.front() == '+' || line.front() == '/')) line.remove_prefix(1);
  return line.substr(0, line.find_first_of(" \t"));
}

Wrong check_torrc(std::vector<std::string> const& lines) {
  for (auto const& line : lines) {
    if (std::any_of(line.begin(), line.end(), [](char c) { return is_control(c) && c != '\t'; }))
      return "'" + printable(line, 80) + "' is more than one line: write one string for each line";
    if (trim(line).empty()) return "has an empty line";
    // tor would take the next line, one of perfd's own, for the rest of this one.
    if (line.ends_with('\\'))
      return "'" + printable(line, 80) + "' ends with a backslash: write the whole line as one";
    for (auto const option : kOwnOptions)
      if (equals_ignoring_case(torrc_option(line), option))
        return std::string(option) + " is set by perfd itself";
  }
  return std::nullopt;
}

Wrong check_guards(Guards const& guards) {
  if (guards.policy == GuardPolicy::list && guards.fingerprints.empty() && guards.countries.empty())
    return "is empty: at least one fingerprint or country is expected, or \"default\"";
  for (auto const& fingerprint : guards.fingerprints)
    if (parse_fingerprint(fingerprint) != fingerprint)
      return "'" + printable(fingerprint, 60) +
             "' is not a fingerprint: 40 hex digits are expected";
  for (auto const& country : guards.countries)
    if (parse_country("{" + country + "}") != country)
      return "'" + printable(country, 60) + "' is not a country of two letters";
  return std::nullopt;
}

Wrong check_target(Target const& target) {
  if (target.kind != TargetKind::url) return std::nullopt;
  auto const shown = "'" + printable(target.url, 120) + "'";
  auto rest = std::string_view(target.url);
  std::string_view const scheme = rest.starts_with("https://") ? "https://" : "http://";
  if (!rest.starts_with(scheme)) return shown + " is not an http:// or https:// URL";
  if (rest.size() > 2000) return "is longer than 2000 characters";
  if (std::any_of(rest.begin(), rest.end(),
                  [](char c) { return is_control(c) || c == ' ' || (c & 0x80) != 0; }))
    return shown + " has characters that a URL can't have: write them as %XX";
  rest.remove_prefix(scheme.size());
  auto const authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos)
    return shown + " has a user name, which perfd does not send";
  if (rest.find('#') != std::string_view::npos)
    return shown + " has a fragment, which is never sent to a server";
  if (!is_host_and_port(authority) && !is_host_and_port(std::string(authority) + ":80"))
    return shown + " has no valid host and port after " + std::string(scheme);
  return onion_problem(authority.substr(0, authority.find(':')));
}

Wrong check_urls(std::string const& file_or_address) {
  if (file_or_address.find("://") == std::string::npos) return check_file(file_or_address);
  return check_target({TargetKind::url, file_or_address});
}

Wrong check_path(ChosenPath const& path) {
  if (path.hops.empty()) return std::nullopt;
  // tor refuses circuits of one hop, and attaches streams to none that is not built by telescoping.
  if (path.hops.size() < 2) return "has one hop: tor builds circuits of two hops or more";
  for (auto const& hop : path.hops)
    for (auto const& fingerprint : hop)
      if (parse_fingerprint(fingerprint) != fingerprint)
        return "'" + printable(fingerprint, 60) +
               "' is not a fingerprint: 40 hex digits are expected";
  for (std::size_t i = 1; i < path.hops.size(); ++i)
    if (path.hops[i].size() == 1 && path.hops[i] == path.hops[i - 1])
      return "has " + path.hops[i].front() + " twice in a row: a relay does not extend to itself";
  return std::nullopt;
}

Wrong check_probe_hosts(std::vector<std::string> const& patterns) {
  if (patterns.empty()) return "is empty: at least one host is expected, or \"*\" for all";
  for (auto const& pattern : patterns) {
    if (pattern == "*") continue;
    bool const below = pattern.starts_with("*.");
    auto const host = std::string_view(pattern).substr(below ? 2 : 0);
    if (is_host_name(host) || (!below && is_numeric_v6(pattern))) continue;
    return "'" + printable(pattern, 80) +
           "' is no host: \"example.org\", \"*.example.org\", \"192.0.2.1\" or \"*\" is expected";
  }
  return std::nullopt;
}

Wrong check_suffix(std::string const& onion_suffix) {
  if (onion_suffix.size() > 1 && onion_suffix.front() == '.' &&
      is_host_name(std::string_view(onion_suffix).substr(1)))
    return std::nullopt;
  return "'" + printable(onion_suffix, 60) +
         "' is not the end of a host name: a dot and a label are expected, as in \".onion\"";
}

bool is_wildcard(ListenAddress const& address) {
  in_addr v4{};
  if (inet_pton(AF_INET, address.address.c_str(), &v4) == 1) return v4.s_addr == 0;
  in6_addr v6{};
  if (inet_pton(AF_INET6, address.address.c_str(), &v6) != 1) return false;
  return std::all_of(std::begin(v6.s6_addr), std::end(v6.s6_addr),
                     [](unsigned char byte) { return byte == 0; });
}

}  // namespace perfd::config
