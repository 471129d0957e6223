// A table of an answer, written while it is filled: as the two fields
//
//   "columns":["at","n"],"rows":[[1795600000000000,3],…]
//
// of a JSON object, or as lines of CSV (RFC 4180). null, or an empty field, where there is no
// value. In CSV, where each series has a table of its own and all are one file, what tells the
// series apart stands in front of each line: `lead`.
// Thread: a value.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/units.h"
#include "formats/json_writer.h"
#include "web/api/address.h"
#include "web/api/column.h"
#include "web/api/endpoint.h"

namespace perfd::web::api {

// One value of a row. Made of what there is; of an empty optional it is no value.
class Cell {
 public:
  Cell() = default;
  Cell(std::int64_t number) : value_(number) {}                              // NOLINT
  Cell(std::uint64_t number) : value_(static_cast<std::int64_t>(number)) {}  // NOLINT
  Cell(int number) : value_(std::int64_t{number}) {}                         // NOLINT
  Cell(double number) : value_(number) {}                                    // NOLINT
  Cell(bool flag) : value_(flag) {}                                          // NOLINT
  Cell(std::string_view text) : value_(text) {}                              // NOLINT
  Cell(std::string const& text) : value_(std::string_view(text)) {}          // NOLINT
  Cell(char const* text) : value_(std::string_view(text)) {}                 // NOLINT
  Cell(WallTime time) : value_(to_us(time)) {}                               // NOLINT
  Cell(Micros span) : value_(span.count()) {}                                // NOLINT
  Cell(std::vector<std::int64_t> const& numbers) : value_(&numbers) {}       // NOLINT
  Cell(std::vector<std::string> const& texts) : value_(&texts) {}            // NOLINT
  template <class T>
  Cell(std::optional<T> const& value) {  // NOLINT
    if (value) *this = Cell(*value);
  }

  void append_json(formats::JsonWriter& json) const;
  void append_csv(std::string& out) const;

 private:
  // Texts and lists are the caller's, for as long as the row is written.
  std::variant<std::monostate, std::int64_t, double, bool, std::string_view,
               std::vector<std::int64_t> const*, std::vector<std::string> const*>
      value_;
};

class Table {
 public:
  // `lead` is of CSV alone, one cell for each of `lead_columns`.
  Table(Form form, Columns columns, Columns lead_columns = {},
        std::initializer_list<Cell> lead = {});
  Table(Form form, std::vector<std::string_view> names);  // of chosen columns

  // REQUIRES: as many as there are columns.
  void row(std::initializer_list<Cell> cells) { row(std::span(cells.begin(), cells.size())); }
  void row(std::span<Cell const> cells);
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t bytes() const { return text_.size(); }

  // REQUIRES: JSON. In an object that is being written.
  void write_fields(formats::JsonWriter& json) const;
  // REQUIRES: CSV.
  [[nodiscard]] std::string head() const;  // the line with the names
  [[nodiscard]] std::string const& lines() const { return text_; }

 private:
  Form form_;
  std::vector<std::string_view> lead_names_;
  std::vector<std::string_view> names_;
  std::string lead_;
  std::string text_;
  std::size_t rows_ = 0;
};

// An answer that is one table, in either form; of a list that goes on with the cursor of its next
// page, or null on the last one.
[[nodiscard]] Answer answer_of(Table const& table, Form form);
[[nodiscard]] Answer page_of(Table const& table, Form form, std::string next);

}  // namespace perfd::web::api
