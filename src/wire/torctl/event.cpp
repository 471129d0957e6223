#include "wire/torctl/event.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "wire/torctl/schemas.h"

namespace perfd::wire::torctl {
namespace {

// Events may be followed by lines of "KEYWORD" or "KEYWORD=arguments" (4.1).
void take_further_lines(Reply const& reply, Keywords& rest) {
  for (std::size_t i = 1; i < reply.lines.size(); ++i) {
    auto const& text = reply.lines[i].text;
    if (text == "OK") continue;
    auto const equals = text.find('=');
    if (equals == std::string::npos)
      rest.emplace_back(text, std::string{});
    else
      rest.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
}

Event malformed(std::string_view keyword, Reply const& reply, std::string error) {
  return Malformed{std::string(keyword), to_text(reply), std::move(error)};
}

// Where an event's unexpected parts go.
template <class E>
Keywords& rest_of(E& event) {
  if constexpr (requires { event.arguments; })
    return event.arguments;
  else
    return event.rest;
}

template <class E>
Event parse(std::string_view keyword, std::string_view text, Reply const& reply) {
  E event;
  Keywords& rest = rest_of(event);
  if (auto error = fields::fill(event, text, rest))
    return malformed(keyword, reply, std::move(*error));
  take_further_lines(reply, rest);
  return event;
}

Event parse_network_liveness(std::string_view keyword, std::string_view text, Reply const& reply) {
  NetworkLiveness event;
  Keywords unused;
  if (auto error = fields::fill(event, text, unused))
    return malformed(keyword, reply, std::move(*error));
  return event;
}

Event parse_circ_bw(std::string_view keyword, std::string_view text, Reply const& reply) {
  auto event = parse<CircBw>(keyword, text, reply);
  if (auto const* bw = std::get_if<CircBw>(&event); bw != nullptr && bw->id == 0)
    return malformed(keyword, reply, "no circuit id");
  return event;
}

Event parse_new_consensus(std::string_view, std::string_view, Reply const&) {
  return NewConsensus{};
}

Event parse_hs_desc_content(std::string_view keyword, std::string_view text, Reply const& reply) {
  auto event = parse<HsDescContent>(keyword, text, reply);
  if (auto* content = std::get_if<HsDescContent>(&event)) {
    content->descriptor = reply.lines.front().data;
    content->truncated = reply.lines.front().truncated;
  }
  return event;
}

Event parse_conf_changed(std::string_view, std::string_view, Reply const& reply) {
  ConfChanged event;
  for (std::size_t i = 1; i < reply.lines.size(); ++i) {
    auto const& text = reply.lines[i].text;
    if (text == "OK" && i + 1 == reply.lines.size()) continue;
    auto const equals = text.find('=');
    if (equals == std::string::npos)
      event.options.emplace_back(text, std::nullopt);
    else
      event.options.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return event;
}

struct Parser {
  std::string_view keyword;
  Event (*parse)(std::string_view keyword, std::string_view text, Reply const& reply);
};

constexpr std::array kParsers = {
    Parser{"CIRC", &parse<Circ>},
    Parser{"CIRC_MINOR", &parse<CircMinor>},
    Parser{"STREAM", &parse<Stream>},
    Parser{"STREAM_BW", &parse<StreamBw>},
    Parser{"CIRC_BW", &parse_circ_bw},
    Parser{"BW", &parse<Bw>},
    Parser{"BUILDTIMEOUT_SET", &parse<BuildTimeoutSet>},
    Parser{"GUARD", &parse<Guard>},
    Parser{"ORCONN", &parse<OrConn>},
    Parser{"NEWCONSENSUS", &parse_new_consensus},
    Parser{"STATUS_CLIENT", &parse<StatusClient>},
    Parser{"STATUS_GENERAL", &parse<StatusGeneral>},
    Parser{"NETWORK_LIVENESS", &parse_network_liveness},
    Parser{"HS_DESC", &parse<HsDesc>},
    Parser{"HS_DESC_CONTENT", &parse_hs_desc_content},
    Parser{"CONF_CHANGED", &parse_conf_changed},
    Parser{"ADDRMAP", &parse<AddrMap>},
};

template <class E>
std::vector<E> parse_status_lines(std::string_view value) {
  std::vector<E> out;
  for (auto const raw : split(value, '\n')) {
    auto const line = trim(raw);
    E event;
    if (!line.empty() && !fields::fill(event, line, event.rest)) out.push_back(std::move(event));
  }
  return out;
}

}  // namespace

Event parse_event(Reply const& reply) {
  std::string_view text;
  if (!reply.lines.empty()) text = reply.lines.front().text;
  auto const keyword = text.substr(0, text.find(' '));
  auto const arguments = text.substr(keyword.size());
  for (auto const& parser : kParsers)
    if (parser.keyword == keyword) return parser.parse(keyword, arguments, reply);
  return Unknown{std::string(keyword), to_text(reply)};
}

std::vector<Circ> parse_circuit_status(std::string_view value) {
  return parse_status_lines<Circ>(value);
}

std::vector<Stream> parse_stream_status(std::string_view value) {
  return parse_status_lines<Stream>(value);
}

std::optional<Bootstrap> bootstrap_of(StatusReport const& status) {
  if (status.action != "BOOTSTRAP") return std::nullopt;
  Bootstrap out;
  auto const text = [&](std::string_view keyword) {
    auto const* value = find(status.arguments, keyword);
    return value == nullptr ? std::string{} : *value;
  };
  out.progress = std::clamp(parse_int<int>(text("PROGRESS")).value_or(0), 0, 100);
  out.tag = text("TAG");
  out.summary = text("SUMMARY");
  out.warning = text("WARNING");
  out.reason = text("REASON");
  auto const id = text("HOSTID");
  auto const address = text("HOSTADDR");
  out.host = id.empty() || address.empty() ? id + address : "$" + id + " at " + address;
  return out;
}

bool is_publishing(HsDesc const& event) {
  if (event.action != "FAILED")
    return event.action == "CREATED" || event.action == "UPLOAD" || event.action == "UPLOADED";
  return event.reason == "UPLOAD_REJECTED" ||
         (event.reason == "UNEXPECTED" && event.descriptor_id.empty());
}

std::optional<Bootstrap> parse_bootstrap_phase(std::string_view value) {
  StatusClient status;
  if (fields::fill(status, trim(value), status.arguments)) return std::nullopt;
  return bootstrap_of(status);
}

}  // namespace perfd::wire::torctl
