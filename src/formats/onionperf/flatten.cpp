#include "formats/onionperf/flatten.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "formats/onionperf/document.h"

namespace perfd::formats::onionperf {
namespace {

namespace json = simdjson::ondemand;

// The objects and arrays around a row, and it, are six of the levels that a document may have.
constexpr std::size_t kMaxRowDepth = kMaxDepth - 6;

// A number's text, which goes up to the next token.
std::string_view number_text(json::value& value) {
  auto text = value.raw_json_token();
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

class Flattener {
 public:
  explicit Flattener(Row& row) : row_(row) { row_.clear(); }

  bool object(json::object object) {
    for (auto field : object) {
      std::string_view key;
      json::value value;
      if (field.unescaped_key().get(key) != simdjson::SUCCESS || key.size() > kMaxName ||
          field.value().get(value) != simdjson::SUCCESS || !one(key, false, value))
        return false;
    }
    return true;
  }

 private:
  bool array(json::array items) {
    auto& index = arrays_ == 1 ? i_ : j_;
    index = 0;
    for (auto item : items) {
      json::value value;
      if (item.get(value) != simdjson::SUCCESS || !one({}, true, value)) return false;
      ++index;
    }
    index = 0;
    return true;
  }

  bool one(std::string_view key, bool in_array, json::value& value) {
    json::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return false;
    switch (type) {
      case json::json_type::object: {
        json::object inner;
        return value.get_object().get(inner) == simdjson::SUCCESS &&
               enter(Kind::object, key, in_array, [&] { return object(inner); });
      }
      case json::json_type::array: {
        json::array inner;
        return value.get_array().get(inner) == simdjson::SUCCESS &&
               enter(Kind::array, key, in_array, [&] { return array(inner); });
      }
      case json::json_type::string: {
        std::string_view text;
        return value.get_string().get(text) == simdjson::SUCCESS && text.size() <= kMaxName &&
               add(Kind::string, key, text);
      }
      case json::json_type::number: {
        auto const text = number_text(value);
        json::number number;
        return text.size() <= kMaxName && value.get_number().get(number) == simdjson::SUCCESS &&
               add(Kind::number, key, text);
      }
      case json::json_type::boolean: {
        bool flag = false;
        return value.get_bool().get(flag) == simdjson::SUCCESS &&
               add(Kind::boolean, key, flag ? "true" : "false");
      }
      case json::json_type::null: {
        bool null = false;
        return value.is_null().get(null) == simdjson::SUCCESS && null && add(Kind::null, key, {});
      }
    }
    return false;
  }

  // What Document does to the path and the indices on its way in and out.
  template <class Inside>
  bool enter(Kind kind, std::string_view key, bool in_array, Inside inside) {
    if (++depth_ > kMaxRowDepth || (kind == Kind::array && arrays_ == 2) || !add(kind, key, {}))
      return false;
    auto const before = path_.size();
    if (!in_array) path_ += key;
    if (kind == Kind::object) path_ += '/';
    if (kind == Kind::array) ++arrays_;
    bool const good = inside();
    if (kind == Kind::array) --arrays_;
    path_.resize(before);
    --depth_;
    return good;
  }

  bool add(Kind kind, std::string_view key, std::string_view text) {
    return row_.add(path_, key, kind, text, i_, j_);
  }

  Row& row_;
  std::string path_;
  std::size_t depth_ = 0;
  std::uint32_t arrays_ = 0;
  std::uint32_t i_ = 0;
  std::uint32_t j_ = 0;
};

}  // namespace

bool skim(json::value value, std::size_t depth) {
  json::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return false;
  if (type == json::json_type::object || type == json::json_type::array)
    if (depth >= kMaxDepth) return false;
  if (type == json::json_type::object) {
    json::object fields;
    if (value.get_object().get(fields) != simdjson::SUCCESS) return false;
    for (auto field : fields) {
      std::string_view key;
      json::value inner;
      if (field.unescaped_key().get(key) != simdjson::SUCCESS || key.size() > kMaxName ||
          field.value().get(inner) != simdjson::SUCCESS || !skim(inner, depth + 1))
        return false;
    }
    return true;
  }
  if (type == json::json_type::array) {
    json::array items;
    if (value.get_array().get(items) != simdjson::SUCCESS) return false;
    for (auto item : items) {
      json::value inner;
      if (item.get(inner) != simdjson::SUCCESS || !skim(inner, depth + 1)) return false;
    }
    return true;
  }
  std::string_view text;
  json::number number;
  bool flag = false;
  if (type == json::json_type::string)
    return value.get_string().get(text) == simdjson::SUCCESS && text.size() <= kMaxName;
  if (type == json::json_type::number) return value.get_number().get(number) == simdjson::SUCCESS;
  if (type == json::json_type::boolean) return value.get_bool().get(flag) == simdjson::SUCCESS;
  return value.is_null().get(flag) == simdjson::SUCCESS && flag;
}

bool flatten(simdjson::ondemand::object object, Row& row) { return Flattener(row).object(object); }

}  // namespace perfd::formats::onionperf
