#include "web/support/schema_check.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace perfd::web::test {
namespace {

namespace json = boost::json;

std::set<std::string, std::less<>> const kKnown = {
    "type",     "items", "prefixItems", "minItems", "maxItems",    "properties",
    "required", "enum",  "const",       "anyOf",    "description", "additionalProperties",
    "maxLength"};

std::string type_of(json::value const& value) {
  if (value.is_null()) return "null";
  if (value.is_string()) return "string";
  if (value.is_bool()) return "boolean";
  if (value.is_array()) return "array";
  if (value.is_object()) return "object";
  return value.is_double() ? "number" : "integer";
}

bool is_a(json::value const& value, std::string_view type) {
  auto const is = type_of(value);
  return is == type || (type == "number" && is == "integer");
}

void check_type(json::value const& answer, json::value const& wanted, std::string const& place,
                std::vector<std::string>& out) {
  auto const types = wanted.is_array() ? wanted.as_array() : json::array{wanted};
  if (std::none_of(types.begin(), types.end(),
                   [&](auto const& type) { return is_a(answer, type.as_string()); }))
    out.push_back(place + ": is " + type_of(answer) + ", not " + json::serialize(wanted));
}

void add(std::vector<std::string>& out, std::vector<std::string> more) {
  out.insert(out.end(), more.begin(), more.end());
}

void check_object(json::object const& answer, json::object const& schema, std::string const& place,
                  std::vector<std::string>& out) {
  if (auto const* required = schema.if_contains("required"))
    for (auto const& name : required->as_array())
      if (!answer.contains(name.as_string()))
        out.push_back(place + ": has no " + std::string(name.as_string()));
  auto const* properties = schema.if_contains("properties");
  auto const* others = schema.if_contains("additionalProperties");
  for (auto const& [name, value] : answer) {
    auto const where = place + "." + std::string(name);
    auto const* known = properties != nullptr ? properties->as_object().if_contains(name) : nullptr;
    if (known == nullptr) known = others;
    if (known == nullptr)
      out.push_back(where + ": nobody told of it");
    else
      add(out, complaints(value, *known, where));
  }
}

void check_array(json::array const& answer, json::object const& schema, std::string const& place,
                 std::vector<std::string>& out) {
  auto const size = static_cast<std::int64_t>(answer.size());
  if (auto const* least = schema.if_contains("minItems"); least && size < least->as_int64())
    out.push_back(place + ": has " + std::to_string(size) + " items");
  if (auto const* most = schema.if_contains("maxItems"); most && size > most->as_int64())
    out.push_back(place + ": has " + std::to_string(size) + " items");
  auto const* each = schema.if_contains("items");
  auto const* first = schema.if_contains("prefixItems");
  for (std::size_t i = 0; i < answer.size(); ++i) {
    auto const where = place + "[" + std::to_string(i) + "]";
    if (first != nullptr && i < first->as_array().size())
      add(out, complaints(answer[i], first->as_array()[i], where));
    else if (each != nullptr)
      add(out, complaints(answer[i], *each, where));
  }
}

}  // namespace

std::vector<std::string> complaints(json::value const& answer, json::value const& schema,
                                    std::string const& place) {
  std::vector<std::string> out;
  auto const& said = schema.as_object();
  for (auto const& [word, value] : said)
    if (!kKnown.contains(std::string_view(word.data(), word.size())))
      out.push_back(place + ": the schema says " + std::string(word));
  if (auto const* type = said.if_contains("type")) check_type(answer, *type, place, out);
  if (auto const* constant = said.if_contains("const"); constant && answer != *constant)
    out.push_back(place + ": is " + json::serialize(answer));
  if (auto const* words = said.if_contains("enum")) {
    auto const& list = words->as_array();
    if (std::find(list.begin(), list.end(), answer) == list.end())
      out.push_back(place + ": " + json::serialize(answer) + " is none of its words");
  }
  if (auto const* any = said.if_contains("anyOf")) {
    auto const& list = any->as_array();
    if (std::none_of(list.begin(), list.end(),
                     [&](auto const& one) { return complaints(answer, one, place).empty(); }))
      out.push_back(place + ": " + json::serialize(answer) + " is none of them");
  }
  if (answer.is_object()) check_object(answer.as_object(), said, place, out);
  if (answer.is_array()) check_array(answer.as_array(), said, place, out);
  return out;
}

json::value const* schema_of(json::value const& document, std::string const& path,
                             std::string const& status) {
  auto const* of_path = document.at("paths").as_object().if_contains(path);
  if (of_path == nullptr) return nullptr;
  auto const* response = of_path->at("get").at("responses").as_object().if_contains(status);
  if (response == nullptr) return nullptr;
  auto const* content = response->as_object().if_contains("content");
  auto const* in_json =
      content != nullptr ? content->as_object().if_contains("application/json") : nullptr;
  if (in_json == nullptr) return nullptr;
  auto const& schema = in_json->at("schema");
  if (!schema.as_object().contains("$ref")) return &schema;
  return &document.at("components").at("schemas").at("Error");
}

}  // namespace perfd::web::test
