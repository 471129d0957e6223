// Takes the fields of a JSON object one by one and remembers the first thing that is
// wrong with them: the reading half of the formats, over simdjson's tree.
//
// A field that is absent or null leaves the target as it is. After a problem all
// further calls do nothing, so that a caller checks once, at the end.
// Thread: values that refer to the parser's tree and to one Problem.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/units.h"

namespace perfd::formats {

// The first problem, with the path of the field ("tor.circuits[2].id").
struct Problem {
  std::string text;
  [[nodiscard]] bool none() const { return text.empty(); }
  void set(std::string_view where, std::string_view what) {
    if (text.empty()) text = std::string(where) + ": " + std::string(what);
  }
};

class JsonObject {
 public:
  JsonObject(simdjson::dom::object object, std::string path, Problem& problem)
      : object_(object), path_(std::move(path)), problem_(problem) {}

  [[nodiscard]] bool has(std::string_view name) const {
    return object_.at_key(name).error() == simdjson::SUCCESS;
  }
  // Absent is a problem (null is not: it may be a field's value).
  void require(std::string_view name) const {
    if (!has(name)) problem_.set(path_of(name), "this field is missing");
  }

  void read(std::string_view name, std::string& out) const {
    simdjson::dom::element value;
    if (!find(name, value)) return;
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS)
      problem_.set(path_of(name), "must be a string");
    else
      out = text;
  }

  void read(std::string_view name, bool& out) const {
    simdjson::dom::element value;
    if (find(name, value) && value.get(out) != simdjson::SUCCESS)
      problem_.set(path_of(name), "must be true or false");
  }

  template <class Int>
  requires(std::is_integral_v<Int> && !std::is_same_v<Int, bool>) void read(std::string_view name,
                                                                            Int& out) const {
    simdjson::dom::element value;
    if (!find(name, value)) return;
    std::conditional_t<std::is_same_v<Int, std::uint64_t>, std::uint64_t, std::int64_t> number{};
    bool const fits = value.get(number) == simdjson::SUCCESS;
    if (!fits || (sizeof(Int) < sizeof(number) && !std::in_range<Int>(number)))
      problem_.set(path_of(name), "must be a whole number in range");
    else
      out = static_cast<Int>(number);
  }

  void read(std::string_view name, double& out) const {
    simdjson::dom::element value;
    if (find(name, value) && value.get(out) != simdjson::SUCCESS)
      problem_.set(path_of(name), "must be a number");
  }

  void read(std::string_view name, WallTime& out) const {
    auto us = to_us(out);
    read(name, us);
    out = wall_from_us(us);
  }

  void read(std::string_view name, Micros& out) const {
    auto us = out.count();
    read(name, us);
    out = Micros{us};
  }

  template <class Value>
  void read(std::string_view name, std::optional<Value>& out) const {
    simdjson::dom::element value;
    if (!find(name, value)) return;
    Value inner{};
    read(name, inner);
    out = inner;
  }

  // An array of strings.
  void read(std::string_view name, std::vector<std::string>& out) const {
    simdjson::dom::element value;
    if (!find(name, value)) return;
    simdjson::dom::array items;
    if (value.get(items) != simdjson::SUCCESS) {
      problem_.set(path_of(name), "must be an array");
      return;
    }
    for (auto const item : items) {
      std::string_view text;
      if (item.get(text) != simdjson::SUCCESS) {
        problem_.set(path_of(name), "must be an array of strings");
        return;
      }
      out.emplace_back(text);
    }
  }

  // each(JsonObject) for the object of this name, if there is one.
  template <class Each>
  void object(std::string_view name, Each&& each) const {
    simdjson::dom::element value;
    if (!find(name, value)) return;
    enter(value, path_of(name), each);
  }

  // each(JsonObject) for every item of the array of this name.
  template <class Each>
  void objects(std::string_view name, Each&& each) const {
    simdjson::dom::element value;
    if (!find(name, value)) return;
    simdjson::dom::array items;
    if (value.get(items) != simdjson::SUCCESS) {
      problem_.set(path_of(name), "must be an array");
      return;
    }
    std::size_t index = 0;
    for (auto const item : items) {
      enter(item, path_of(name) + "[" + std::to_string(index++) + "]", each);
      if (!problem_.none()) return;
    }
  }

  // each(name) for every field, in the order of the text.
  template <class Each>
  void names(Each&& each) const {
    for (auto const field : object_) {
      if (!problem_.none()) return;
      each(field.key);
    }
  }

  [[nodiscard]] std::string path_of(std::string_view name) const {
    return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
  }
  [[nodiscard]] Problem& problem() const { return problem_; }

 private:
  bool find(std::string_view name, simdjson::dom::element& value) const {
    return problem_.none() && object_.at_key(name).get(value) == simdjson::SUCCESS &&
           !value.is_null();
  }

  template <class Each>
  void enter(simdjson::dom::element value, std::string path, Each& each) const {
    simdjson::dom::object inner;
    if (value.get(inner) != simdjson::SUCCESS)
      problem_.set(path, "must be an object");
    else
      each(JsonObject(inner, std::move(path), problem_));
  }

  simdjson::dom::object object_;
  std::string path_;
  Problem& problem_;
};

}  // namespace perfd::formats
