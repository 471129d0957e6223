// Conditions of a query and their values. Internal to store.
// Thread: values.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace perfd::store {

struct Filter;  // reader.h

// A WHERE clause and its values, in the order of its question marks.
struct Where {
  using Value = std::variant<std::int64_t, std::string>;

  std::string sql = "1";
  std::vector<Value> values;

  void add(std::string const& condition, Value value) {
    sql += " AND " + condition;
    values.push_back(std::move(value));
  }
  // A '+' in front of a column keeps SQLite from taking that column's index.
  void add_one_of(std::string const& column, std::vector<std::string> const& names);

  void bind_to(SQLite::Statement& statement) const;
};

// What a filter asks of the columns of a measurement `m` but its time and its number.
void add_columns(Where& where, Filter const& filter);

}  // namespace perfd::store
