#include "config/codec.h"

#include <limits>

#include <arpa/inet.h>

#include <algorithm>

namespace perfd::config {
namespace {

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

bool is_numeric(std::string const& address, int family) {
  in6_addr room{};
  return inet_pton(family, address.c_str(), &room) == 1;
}

Result<ListenAddress> read_listen_address(std::string_view text) {
  if (auto address = parse_listen_address(text)) return *address;
  return Error{"'" + printable(text, 60) +
               "' is not an address to listen on: write a numeric address and a port, as in "
               "\"127.0.0.1:8080\" or \"[::1]:8080\""};
}

constexpr std::string_view kTargetForms = R"("direct", "onion", "single-onion" or an http:// URL)";

Result<Target> read_target(std::string_view text) {
  if (text.find("://") != std::string_view::npos) return Target{TargetKind::url, std::string(text)};
  if (auto const kind = from_name<TargetKind>(text); kind && *kind != TargetKind::url)
    return Target{*kind, {}};
  return Error{unknown_word(text, {"direct", "onion", "single-onion"}) + "; or an http:// URL"};
}

}  // namespace

std::string toml_string(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out = "\"";
  for (char const c : text) {
    auto const byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string toml_key(std::string_view name) {
  bool const bare = !name.empty() && std::all_of(name.begin(), name.end(), is_bare);
  return bare ? std::string(name) : toml_string(name);
}

bool expect(Node const& node, Node::Type type, std::string_view expected, Report const& report) {
  if (node.type == type) return true;
  report(node.place,
         "must be " + std::string(expected) + ", not " + std::string(describe(node.type)));
  return false;
}

std::string quoted_list(std::vector<std::string_view> const& words) {
  std::string text;
  for (auto const word : words) text += (text.empty() ? "\"" : ", \"") + std::string(word) + "\"";
  return text;
}

std::string unknown_word(std::string_view word, std::vector<std::string_view> const& known) {
  auto text = "\"" + printable(word, 60) + "\" is not known; ";
  if (auto const near = nearest(word, known))
    return text + "did you mean \"" + std::string(*near) + "\"?";
  return text + "known are " + quoted_list(known);
}

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  auto const colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto const port = parse_int<std::uint16_t>(text.substr(colon + 1));
  auto host = text.substr(0, colon);
  bool const brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (brackets) host = host.substr(1, host.size() - 2);
  ListenAddress address{std::string(host), port.value_or(0)};
  if (!port || !is_numeric(address.address, brackets ? AF_INET6 : AF_INET)) return std::nullopt;
  return address;
}

std::string format_listen_address(ListenAddress const& address) {
  bool const v6 = address.address.find(':') != std::string::npos;
  return (v6 ? "[" + address.address + "]" : address.address) + ":" + std::to_string(address.port);
}

std::optional<std::string> parse_fingerprint(std::string_view text) {
  if (text.starts_with('$')) text.remove_prefix(1);
  if (text.size() != 40 || !unhex(text)) return std::nullopt;
  return to_upper(text);
}

std::optional<std::string> parse_country(std::string_view text) {
  auto const letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (text.size() != 4 || text.front() != '{' || text.back() != '}' || !letter(text[1]) ||
      !letter(text[2]))
    return std::nullopt;
  return to_lower(text.substr(1, 2));
}

std::string Codec<std::string>::kind() { return "string"; }
bool Codec<std::string>::read(Node const& node, std::string& out, Report const& report) {
  if (!expect(node, Node::Type::string, "a string", report)) return false;
  out = node.text;
  return true;
}
std::optional<std::string> Codec<std::string>::write(std::string const& value) {
  return toml_string(value);
}

std::string Codec<bool>::kind() { return "true or false"; }
bool Codec<bool>::read(Node const& node, bool& out, Report const& report) {
  if (!expect(node, Node::Type::boolean, "true or false", report)) return false;
  out = node.boolean;
  return true;
}
std::optional<std::string> Codec<bool>::write(bool const& value) {
  return value ? "true" : "false";
}

std::string Codec<std::uint16_t>::kind() { return "port"; }
bool Codec<std::uint16_t>::read(Node const& node, std::uint16_t& out, Report const& report) {
  constexpr std::string_view kKind = "a port from 0 to 65535";
  if (!expect(node, Node::Type::integer, kKind, report)) return false;
  if (node.integer < 0 || node.integer > 65535) {
    report(node.place, std::to_string(node.integer) + " is not " + std::string(kKind));
    return false;
  }
  out = static_cast<std::uint16_t>(node.integer);
  return true;
}
std::optional<std::string> Codec<std::uint16_t>::write(std::uint16_t const& value) {
  return std::to_string(value);
}

std::string Codec<std::int32_t>::kind() { return "whole number"; }
bool Codec<std::int32_t>::read(Node const& node, std::int32_t& out, Report const& report) {
  if (!expect(node, Node::Type::integer, "a whole number", report)) return false;
  if (node.integer < std::numeric_limits<std::int32_t>::min() ||
      node.integer > std::numeric_limits<std::int32_t>::max()) {
    report(node.place, std::to_string(node.integer) + " is out of range");
    return false;
  }
  out = static_cast<std::int32_t>(node.integer);
  return true;
}
std::optional<std::string> Codec<std::int32_t>::write(std::int32_t const& value) {
  return std::to_string(value);
}

std::string Codec<Bytes>::kind() { return R"(size, as in "50 KiB")"; }
bool Codec<Bytes>::read(Node const& node, Bytes& out, Report const& report) {
  if (node.type == Node::Type::integer) {
    out = Bytes{node.integer};
    return true;
  }
  return read_string<Bytes>(node, out, report, R"(a size as in "50 KiB")", parse_bytes);
}
std::optional<std::string> Codec<Bytes>::write(Bytes const& value) {
  return toml_string(format_bytes(value));
}

std::string Codec<Micros>::kind() { return R"(duration, as in "5m")"; }
bool Codec<Micros>::read(Node const& node, Micros& out, Report const& report) {
  return read_string<Micros>(node, out, report, R"(a duration with its unit as in "5m")",
                             parse_duration);
}
std::optional<std::string> Codec<Micros>::write(Micros const& value) {
  return toml_string(format_duration(value));
}

std::string Codec<ListenAddress>::kind() { return R"(address, as in "0.0.0.0:80" or "[::]:80")"; }
bool Codec<ListenAddress>::read(Node const& node, ListenAddress& out, Report const& report) {
  return read_string<ListenAddress>(node, out, report, R"(an address as in "127.0.0.1:8080")",
                                    read_listen_address);
}
std::optional<std::string> Codec<ListenAddress>::write(ListenAddress const& value) {
  return toml_string(format_listen_address(value));
}

std::string Codec<std::optional<ListenAddress>>::kind() {
  return R"("server", or an address, as in "127.0.0.1:8080")";
}
bool Codec<std::optional<ListenAddress>>::read(Node const& node, std::optional<ListenAddress>& out,
                                               Report const& report) {
  out.reset();
  if (node.type == Node::Type::string && node.text == "server") return true;
  ListenAddress address;
  auto const with_server = [&](Place const& place, std::string message) {
    report(place, std::move(message) + "; or \"server\"");
  };
  if (!Codec<ListenAddress>::read(node, address, with_server)) return false;
  out = address;
  return true;
}
std::optional<std::string> Codec<std::optional<ListenAddress>>::write(
    std::optional<ListenAddress> const& value) {
  return value ? Codec<ListenAddress>::write(*value) : toml_string("server");
}

std::string Codec<Guards>::kind() {
  return R"("default", "none", "fast", "slow", "fast-ratio", "slow-ratio" or a list of fingerprints and countries as in "{de}")";
}
bool Codec<Guards>::read(Node const& node, Guards& out, Report const& report) {
  out = {};
  if (node.type == Node::Type::list) {
    out.policy = GuardPolicy::list;
    std::vector<std::string> items;
    bool good = Codec<std::vector<std::string>>::read(node, items, report);
    for (std::size_t i = 0; good && i < items.size(); ++i) {
      auto country = parse_country(items[i]);
      auto fingerprint = parse_fingerprint(items[i]);
      good = country || fingerprint;
      if (country)
        out.countries.push_back(std::move(*country));
      else if (fingerprint)
        out.fingerprints.push_back(std::move(*fingerprint));
      else
        report(node.items[i].place, "'" + printable(items[i], 60) +
                                        "' is not a fingerprint (40 hex digits) or a country "
                                        "(two letters in braces, as in \"{de}\")");
    }
    return good;
  }
  if (!expect(node, Node::Type::string, kind(), report)) return false;
  auto const policy = from_name<GuardPolicy>(node.text);
  if (policy && *policy != GuardPolicy::list) {
    out.policy = *policy;
    return true;
  }
  auto known = known_words<GuardPolicy>();
  known.pop_back();  // "list" is written as a list
  report(node.place, unknown_word(node.text, known) + "; or a list of fingerprints and countries");
  return false;
}
std::optional<std::string> Codec<Guards>::write(Guards const& value) {
  if (value.policy != GuardPolicy::list) return toml_string(name(value.policy));
  auto items = value.fingerprints;
  for (auto const& country : value.countries) items.push_back("{" + country + "}");
  return Codec<std::vector<std::string>>::write(items);
}

std::string Codec<ChosenPath>::kind() {
  return "list of hops, each: a fingerprint, or a list of fingerprints to choose from";
}
bool Codec<ChosenPath>::read(Node const& node, ChosenPath& out, Report const& report) {
  constexpr std::size_t kMaxHops = 8;  // tor's longest circuit
  out = {};
  if (!expect(node, Node::Type::list, "a list of hops", report)) return false;
  if (node.items.size() > kMaxHops) {
    report(node.place, "has more than " + std::to_string(kMaxHops) + " hops");
    return false;
  }
  bool good = true;
  auto const take = [&](Node const& item, std::vector<std::string>& hop) {
    std::string text;
    if (!Codec<std::string>::read(item, text, report)) return false;
    auto fingerprint = parse_fingerprint(text);
    if (!fingerprint)
      report(item.place,
             "'" + printable(text, 60) + "' is not a fingerprint: 40 hex digits are expected");
    else
      hop.push_back(std::move(*fingerprint));
    return fingerprint.has_value();
  };
  for (auto const& item : node.items) {
    auto& hop = out.hops.emplace_back();
    if (item.type != Node::Type::list) {
      good = take(item, hop) && good;
      continue;
    }
    if (item.items.empty()) report(item.place, "is empty: a hop needs at least one fingerprint");
    good = good && !item.items.empty();
    for (auto const& one : item.items) good = take(one, hop) && good;
  }
  return good;
}
std::optional<std::string> Codec<ChosenPath>::write(ChosenPath const& value) {
  std::string text;
  for (auto const& hop : value.hops) {
    if (!text.empty()) text += ", ";
    text += hop.size() == 1 ? toml_string(hop.front())
                            : Codec<std::vector<std::string>>::write(hop).value_or("[]");
  }
  return "[" + text + "]";
}

std::string Codec<Target>::kind() { return std::string(kTargetForms); }
bool Codec<Target>::read(Node const& node, Target& out, Report const& report) {
  return read_string<Target>(node, out, report, kTargetForms, read_target);
}
std::optional<std::string> Codec<Target>::write(Target const& value) {
  return toml_string(value.kind == TargetKind::url ? value.url : name(value.kind));
}

}  // namespace perfd::config
