#include "formats/onionperf/whole.h"

#include "formats/onionperf/flatten.h"

namespace perfd::formats::onionperf {
namespace {

namespace json = simdjson::ondemand;
using simdjson::SUCCESS;

// Each field to `each(key, value)`, which says whether to go on.
template <class Each>
bool each_field(json::object object, Each each) {
  for (auto field : object) {
    std::string_view key;
    json::value value;
    if (field.unescaped_key().get(key) != SUCCESS || key.size() > kMaxName ||
        field.value().get(value) != SUCCESS || !each(key, value))
      return false;
  }
  return true;
}

bool get(json::value& value, json::object& out) { return value.get_object().get(out) == SUCCESS; }

// A string to one of the callbacks of Rows.
template <class Take>
bool text_of(json::value& value, Take take) {
  std::string_view text;
  return value.get_string().get(text) == SUCCESS && text.size() <= kMaxName && take(text).none();
}

}  // namespace

bool WholeDocument::read(std::string& text, Rows& rows) {
  text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  json::document document;
  json::object root;
  if (parser_.iterate(text.data(), text.size(), text.capacity()).get(document) != SUCCESS ||
      document.get_object().get(root) != SUCCESS || !read_root(root, rows))
    return false;
  // Nothing may stand behind it.
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

bool WholeDocument::read_root(Object root, Rows& rows) {
  return each_field(root, [&](std::string_view key, Value& value) {
    if (key == "type") return text_of(value, [&](auto text) { return rows.type(text); });
    if (key == "version") return text_of(value, [&](auto text) { return rows.version(text); });
    Object inner;
    if (key == "filters") {
      return get(value, inner) && rows.begin(Section::filters).none() && flatten(inner, row_) &&
             rows.row(Section::filters, {}, row_).none();
    }
    if (key != "data") return skim(value, 1);
    return get(value, inner) && each_field(inner, [&](std::string_view name, Value& of) {
             Object source;
             return get(of, source) && rows.source(name).none() && read_source(source, rows) &&
                    rows.end_source().none();
           });
  });
}

bool WholeDocument::read_source(Object source, Rows& rows) {
  return each_field(source, [&](std::string_view part, Value& value) {
    Object inner;
    if (part == "measurement_ip")
      return text_of(value, [&](auto text) { return rows.address(text); });
    if (part != "tgen" && part != "tor") return skim(value, 3);
    bool const tor = part == "tor";
    return get(value, inner) && each_field(inner, [&](std::string_view key, Value& of) {
             if (tor && key == "guards") {
               json::array list;
               return of.get_array().get(list) == SUCCESS && read_list(list, Section::guards, rows);
             }
             auto section = Section::filters;
             if (key == "streams") section = tor ? Section::tor_streams : Section::streams;
             if (key == "transfers" && !tor) section = Section::transfers;
             if (key == "circuits" && tor) section = Section::circuits;
             if (section == Section::filters) return skim(of, 4);
             Object all;
             return get(of, all) && read_rows(all, section, rows);
           });
  });
}

bool WholeDocument::read_rows(Object rows_of, Section section, Rows& rows) {
  if (!rows.begin(section).none()) return false;
  bool const wait = rows.waits(section);
  return each_field(rows_of, [&](std::string_view key, Value& value) {
    Object row;
    if (!get(value, row)) return false;
    if (!wait) return flatten(row, row_) && rows.row(section, key, row_).none();
    std::string_view text;
    return row.raw_json().get(text) == SUCCESS && rows.later(section, key, text).none();
  });
}

bool WholeDocument::read_list(simdjson::ondemand::array list, Section section, Rows& rows) {
  if (!rows.begin(section).none()) return false;
  std::size_t number = 0;
  for (auto item : list) {
    Value value;
    Object row;
    if (item.get(value) != SUCCESS || !get(value, row) || !flatten(row, row_) ||
        !rows.row(section, std::to_string(number++), row_).none())
      return false;
  }
  return true;
}

Row const* WholeDocument::read_row(std::string_view json_text) {
  json::document document;
  json::object object;
  // Behind a row there is at least the padding behind the document.
  simdjson::padded_string_view const padded(json_text.data(), json_text.size(),
                                            json_text.size() + simdjson::SIMDJSON_PADDING);
  bool const good = row_parser_.iterate(padded).get(document) == SUCCESS &&
                    document.get_object().get(object) == SUCCESS && flatten(object, row_);
  return good ? &row_ : nullptr;
}

}  // namespace perfd::formats::onionperf
