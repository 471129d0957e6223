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
