// What is in an answer, said once: the columns of its tables and the fields around them. Answers
// are written by it (table.h), and openapi.h and docs/api.md tell of it.
// Thread: values.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace perfd::web::api {

enum class Type : std::uint8_t {
  text,
  integer,
  number,
  boolean,
  integers,  // a list of them
  texts,
};

struct Column {
  std::string_view name;
  Type type = Type::text;
  std::string_view about;
  bool nullable = false;
};
using Columns = std::span<Column const>;

// A part of an answer: a value, an object, a list of alike things, or a table.
struct Shape {
  enum class Form : std::uint8_t {
    value,
    object,
    map,   // an object whose names are not known in advance; `parts` has the one shape of them all
    list,  // likewise
    table,
    chosen_table,  // some of the columns, in an order of the asker's
  };
  Form form = Form::value;
  std::string_view name;  // in its object; empty of what a list or a map holds
  Type type = Type::text;
  std::string_view about;
  bool nullable = false;
  std::vector<Shape> parts{};  // of an object: its fields
  bool optional = false;       // it may be missing in its object
  Columns columns{};           // of a table
};

[[nodiscard]] inline Shape value(std::string_view name, Type type, std::string_view about,
                                 bool nullable = false) {
  return {Shape::Form::value, name, type, about, nullable};
}
[[nodiscard]] inline Shape object(std::string_view name, std::string_view about,
                                  std::vector<Shape> parts, bool nullable = false) {
  return {Shape::Form::object, name, Type::text, about, nullable, std::move(parts)};
}
[[nodiscard]] inline Shape list(std::string_view name, std::string_view about, Shape of) {
  return {Shape::Form::list, name, Type::text, about, false, {std::move(of)}};
}
[[nodiscard]] inline Shape map(std::string_view name, std::string_view about, Shape of) {
  return {Shape::Form::map, name, Type::text, about, false, {std::move(of)}};
}
// An object {"columns":[…],"rows":[[…],…]}.
[[nodiscard]] inline Shape table(std::string_view name, std::string_view about, Columns columns) {
  Shape out{Shape::Form::table, name, Type::text, about};
  out.columns = columns;
  return out;
}
// An object that is a table and has further fields.
[[nodiscard]] inline Shape table_and(std::string_view name, std::string_view about, Columns columns,
                                     std::vector<Shape> parts,
                                     Shape::Form form = Shape::Form::table) {
  Shape out{form, name, Type::text, about, false, std::move(parts)};
  out.columns = columns;
  return out;
}

}  // namespace perfd::web::api
