#include <boost/json.hpp>

#include "testnet/holder.h"

namespace perfd::testnet {
namespace {

namespace json = boost::json;

std::string text_of(json::object const& object, std::string_view key) {
  auto const* const value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::int64_t number_of(json::object const& object, std::string_view key) {
  auto const* const value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

json::array const& array_of(json::object const& object, std::string_view key) {
  static json::array const kNone;
  auto const* const value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : kNone;
}

std::optional<std::int64_t> number_if_any(json::object const& object, std::string_view key) {
  auto const* const value = object.if_contains(key);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

json::value or_null(std::optional<std::int64_t> number) {
  return number ? json::value(*number) : json::value(nullptr);
}

json::value or_null(std::optional<Bytes> size) {
  return size ? json::value(size->count) : json::value(nullptr);
}

json::array nodes_of(UpInfo const& info) {
  json::array out;
  for (auto const& node : info.nodes)
    out.push_back({{"nickname", node.nickname},
                   {"role", node.role},
                   {"address", node.address},
                   {"fingerprint", node.fingerprint},
                   {"country", node.country},
                   {"weight_kbps", or_null(node.weight)},
                   {"rate_bytes", or_null(node.rate)},
                   {"observed_bytes", or_null(node.observed)},
                   {"delay_us", node.delay.count()}});
  return out;
}

NodeInfo node_from(json::object const& object) {
  NodeInfo out;
  out.nickname = text_of(object, "nickname");
  out.role = text_of(object, "role");
  out.address = text_of(object, "address");
  out.fingerprint = text_of(object, "fingerprint");
  out.country = text_of(object, "country");
  out.weight = number_if_any(object, "weight_kbps");
  if (auto const rate = number_if_any(object, "rate_bytes")) out.rate = Bytes{*rate};
  if (auto const carried = number_if_any(object, "observed_bytes")) out.observed = Bytes{*carried};
  out.delay = Micros{number_of(object, "delay_us")};
  return out;
}

}  // namespace

std::string to_json(UpInfo const& info) {
  json::array clients;
  for (auto const& client : info.clients)
    clients.push_back({{"nickname", client.nickname},
                       {"socks", client.socks},
                       {"control", client.control},
                       {"cookie", client.cookie.string()}});
  json::array lines;
  for (auto const& line : info.torrc_lines) lines.emplace_back(line);
  json::object const out{{"holder", static_cast<std::int64_t>(info.holder)},
                         {"folder", info.folder.string()},
                         {"authorities", info.authorities},
                         {"relays", info.relays},
                         {"warm", info.warm},
                         {"start_us", info.start_took.count()},
                         {"nodes", nodes_of(info)},
                         {"clients", std::move(clients)},
                         {"torrc_file", info.torrc_file.string()},
                         {"torrc", std::move(lines)}};
  return json::serialize(out);
}

Result<UpInfo> up_info_from_json(std::string_view text) {
  boost::system::error_code error;
  auto const value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object())
    return Error{"the private network's description is not a JSON object", error};
  auto const& object = value.get_object();
  UpInfo out;
  out.holder = static_cast<pid_t>(number_of(object, "holder"));
  out.folder = text_of(object, "folder");
  out.authorities = static_cast<int>(number_of(object, "authorities"));
  out.relays = static_cast<int>(number_of(object, "relays"));
  auto const* const warm = object.if_contains("warm");
  out.warm = warm != nullptr && warm->is_bool() && warm->get_bool();
  out.start_took = Micros{number_of(object, "start_us")};
  for (auto const& entry : array_of(object, "nodes"))
    if (auto const* const node = entry.if_object()) out.nodes.push_back(node_from(*node));
  for (auto const& entry : array_of(object, "clients"))
    if (auto const* const client = entry.if_object())
      out.clients.push_back({text_of(*client, "nickname"), text_of(*client, "socks"),
                             text_of(*client, "control"), text_of(*client, "cookie")});
  out.torrc_file = text_of(object, "torrc_file");
  for (auto const& line : array_of(object, "torrc"))
    if (line.is_string()) out.torrc_lines.emplace_back(line.get_string());
  if (out.holder <= 0 || out.folder.empty() || out.torrc_lines.empty())
    return Error{"the private network's description is not complete"};
  return out;
}

}  // namespace perfd::testnet
