#include "web/api/table.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "report/csv_field.h"

namespace perfd::web::api {
namespace {

// In CSV a list is one field, with spaces between its parts.
template <class List>
std::string spaced(List const& list) {
  std::string out;
  for (auto const& item : list) fmt::format_to(std::back_inserter(out), "{} ", item);
  if (!out.empty()) out.pop_back();
  return out;
}

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

std::vector<std::string_view> names_of_columns(Columns columns) {
  std::vector<std::string_view> out;
  for (auto const& column : columns) out.push_back(column.name);
  return out;
}

}  // namespace

void Cell::append_json(formats::JsonWriter& json) const {
  std::visit(Overloaded{
                 [&](std::monostate) { json.null(); },
                 [&](std::int64_t number) { json.value(number); },
                 [&](double number) { json.real(number); },
                 [&](bool flag) { json.boolean(flag); },
                 [&](std::string_view text) { json.value(text); },
                 [&](auto const* list) {
                   json.begin_array();
                   for (auto const& item : *list) json.value(item);
                   json.end_array();
                 },
             },
             value_);
}

void Cell::append_csv(std::string& out) const {
  std::visit(Overloaded{
                 [](std::monostate) {},
                 [&](std::int64_t number) { out += std::to_string(number); },
                 [&](double number) {
                   if (std::isfinite(number)) fmt::format_to(std::back_inserter(out), "{}", number);
                 },
                 [&](bool flag) { out += flag ? "true" : "false"; },
                 [&](std::string_view text) { out += report::csv_field(std::string(text)); },
                 [&](auto const* list) { out += report::csv_field(spaced(*list)); },
             },
             value_);
}

Table::Table(Form form, Columns columns, Columns lead_columns, std::initializer_list<Cell> lead)
    : form_(form), lead_names_(names_of_columns(lead_columns)), names_(names_of_columns(columns)) {
  for (auto const& cell : lead) {
    cell.append_csv(lead_);
    lead_ += ',';
  }
}

Table::Table(Form form, std::vector<std::string_view> names)
    : form_(form), names_(std::move(names)) {}

void Table::row(std::span<Cell const> cells) {
  ++rows_;
  if (form_ == Form::csv) {
    text_ += lead_;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text_ += ',';
      cells[i].append_csv(text_);
    }
    text_ += "\r\n";
    return;
  }
  if (!text_.empty()) text_ += ',';
  formats::JsonWriter json(text_);
  json.begin_array();
  for (auto const& cell : cells) cell.append_json(json);
  json.end_array();
}

void Table::write_fields(formats::JsonWriter& json) const {
  json.key("columns").begin_array();
  for (auto const name : names_) json.value(name);
  json.end_array();
  json.key("rows").raw("[" + text_ + "]");
}

std::string Table::head() const {
  std::string out;
  for (auto const& names : {lead_names_, names_})
    for (auto const name : names) out += (out.empty() ? "" : ",") + std::string(name);
  return out + "\r\n";
}

namespace {

std::string json_of(Table const& table, std::string const* next) {
  std::string out;
  formats::JsonWriter json(out);
  json.begin_object();
  table.write_fields(json);
  if (next != nullptr) {
    json.key("next");
    if (next->empty())
      json.null();
    else
      json.value(*next);
  }
  json.end_object();
  return out + "\n";
}

}  // namespace

Answer answer_of(Table const& table, Form form) {
  return {form == Form::csv ? table.head() + table.lines() : json_of(table, nullptr)};
}

Answer page_of(Table const& table, Form form, std::string next) {
  auto body = form == Form::csv ? table.head() + table.lines() : json_of(table, &next);
  return {std::move(body), std::move(next)};
}

}  // namespace perfd::web::api
