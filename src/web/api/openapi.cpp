#include "web/api/openapi.h"

#include "formats/json_writer.h"
#include "model/selection_terms.h"

namespace perfd::web::api {
namespace {

using formats::JsonWriter;

std::string_view type_name(Type type) {
  switch (type) {
    case Type::text:
      return "string";
    case Type::integer:
      return "integer";
    case Type::number:
      return "number";
    case Type::boolean:
      return "boolean";
    case Type::integers:
    case Type::texts:
      return "array";
  }
  return "string";
}

void write_type(JsonWriter& json, std::string_view name, bool nullable) {
  json.key("type");
  if (!nullable) return json.value(name);
  json.begin_array();
  json.value(name);
  json.value("null");
  json.end_array();
}

void write_value(JsonWriter& json, Type type, bool nullable, std::string_view about) {
  json.begin_object();
  write_type(json, type_name(type), nullable);
  if (type == Type::integers || type == Type::texts) {
    json.key("items").begin_object();
    json.field("type", type == Type::integers ? "integer" : "string");
    json.end_object();
  }
  json.field_unless_empty("description", about);
  json.end_object();
}

void write_schema(JsonWriter& json, Shape const& shape);

// "columns" and "rows"; of chosen columns, which ones there are and what may be in them.
void write_table_fields(JsonWriter& json, Shape const& shape) {
  bool const chosen = shape.form == Shape::Form::chosen_table;
  json.key("columns").begin_object();
  json.field("type", "array");
  if (chosen) {
    json.key("items").begin_object();
    json.key("enum");
  } else {
    json.key("const");
  }
  json.begin_array();
  for (auto const& column : shape.columns) json.value(column.name);
  json.end_array();
  if (chosen) json.end_object();
  json.end_object();

  json.key("rows").begin_object();
  json.field("type", "array");
  json.key("items").begin_object();
  json.field("type", "array");
  if (chosen) {
    json.key("items").begin_object();
    json.key("anyOf");
  } else {
    json.field("minItems", static_cast<std::int64_t>(shape.columns.size()));
    json.field("maxItems", static_cast<std::int64_t>(shape.columns.size()));
    json.key("prefixItems");
  }
  json.begin_array();
  for (auto const& column : shape.columns)
    write_value(json, column.type, column.nullable, column.about);
  json.end_array();
  if (chosen) json.end_object();
  json.end_object();
  json.end_object();
}

void write_object(JsonWriter& json, Shape const& shape) {
  bool const is_table = shape.form != Shape::Form::object;
  json.begin_object();
  write_type(json, "object", shape.nullable);
  json.field_unless_empty("description", shape.about);
  json.key("required").begin_array();
  for (auto const& part : shape.parts)
    if (!part.optional) json.value(part.name);
  if (is_table) {
    json.value("columns");
    json.value("rows");
  }
  json.end_array();
  json.key("properties").begin_object();
  for (auto const& part : shape.parts) {
    json.key(part.name);
    write_schema(json, part);
  }
  if (is_table) write_table_fields(json, shape);
  json.end_object();
  json.end_object();
}

void write_schema(JsonWriter& json, Shape const& shape) {
  switch (shape.form) {
    case Shape::Form::value:
      return write_value(json, shape.type, shape.nullable, shape.about);
    case Shape::Form::object:
    case Shape::Form::table:
    case Shape::Form::chosen_table:
      return write_object(json, shape);
    case Shape::Form::map:
    case Shape::Form::list: {
      bool const is_map = shape.form == Shape::Form::map;
      json.begin_object();
      json.field("type", is_map ? "object" : "array");
      json.field_unless_empty("description", shape.about);
      json.key(is_map ? "additionalProperties" : "items");
      write_schema(json, shape.parts.front());
      json.end_object();
      return;
    }
  }
}

void write_parameter(JsonWriter& json, std::string_view name, std::string_view about,
                     bool required) {
  json.field("name", name);
  json.field("in", "query");
  json.field("description", about);
  if (required) json.key("required").boolean(true);
}

void write_term(JsonWriter& json, model::SelectionTerm const& term) {
  json.begin_object();
  write_parameter(json, term.name, std::string(term.help) + " (" + std::string(term.takes) + ")",
                  false);
  json.key("schema").begin_object();
  json.field("type", "string");
  json.end_object();
  json.end_object();
}

void write_words(JsonWriter& json, Parameter const& parameter) {
  json.key("enum").begin_array();
  for (auto const word : parameter.words) json.value(word);
  json.end_array();
}

void write_parameter(JsonWriter& json, Parameter const& parameter) {
  json.begin_object();
  write_parameter(json, parameter.name, parameter.about, parameter.required);
  bool const is_list = parameter.type == Parameter::Type::words;
  if (is_list) json.key("explode").boolean(false);
  json.key("schema").begin_object();
  switch (parameter.type) {
    case Parameter::Type::text:
      json.field("type", "string");
      json.field("maxLength", static_cast<std::int64_t>(Parameter::kMaxText));
      break;
    case Parameter::Type::number:
      json.field("type", "integer");
      json.field("minimum", parameter.least);
      json.field("maximum", parameter.most);
      break;
    case Parameter::Type::word:
      json.field("type", "string");
      write_words(json, parameter);
      break;
    case Parameter::Type::words:
      json.field("type", "array");
      json.key("items").begin_object();
      write_words(json, parameter);
      json.end_object();
      break;
  }
  if (!parameter.default_value.empty() && !is_list) {
    json.key("default");
    if (parameter.type == Parameter::Type::number)
      json.raw(parameter.default_value);
    else
      json.value(parameter.default_value);
  }
  json.end_object();
  json.end_object();
}

void write_error_response(JsonWriter& json, std::string_view status, std::string_view about) {
  json.key(status).begin_object();
  json.field("description", about);
  json.key("content").begin_object();
  json.key("application/json").begin_object();
  json.key("schema").begin_object();
  json.field("$ref", "#/components/schemas/Error");
  json.end_object();
  json.end_object();
  json.end_object();
  json.end_object();
}

void write_content(JsonWriter& json, Address const& address, Form form) {
  json.key("content").begin_object();
  if (form != Form::json) {
    json.key(form == Form::csv ? "text/csv" : "application/x-ndjson").begin_object();
    json.key("schema").begin_object();
    json.field("type", "string");
    json.end_object();
  } else {
    json.key(address.content_type).begin_object();
    json.key("schema");
    write_schema(json, address.answer);
  }
  json.end_object();
  json.end_object();
}

void write_path(JsonWriter& json, Address const& address, Form form) {
  json.key(std::string(kRoot) + std::string(address.name) + std::string(suffix(form)))
      .begin_object();
  json.key("get").begin_object();
  json.field("summary", address.about);
  json.key("parameters").begin_array();
  if (address.filters != Filters::none)
    for (auto const& term : model::selection_terms())
      if (address.filters == Filters::all || term.name == "since" || term.name == "until")
        write_term(json, term);
  for (auto const& parameter : address.parameters) write_parameter(json, parameter);
  json.end_array();
  json.key("responses").begin_object();
  json.key("200").begin_object();
  json.field("description", "the answer");
  write_content(json, address, form);
  json.end_object();
  if (address.of_results) {
    json.key("304").begin_object();
    json.field("description", "nothing has changed since the ETag of If-None-Match");
    json.end_object();
  }
  write_error_response(json, "400", "a parameter is wrong");
  write_error_response(json, "503", "the store does not answer, or too many are asking");
  json.end_object();
  json.end_object();
  json.end_object();
}

void write_error_schema(JsonWriter& json) {
  auto field = value("field", Type::text, "the parameter that is at fault");
  field.optional = true;
  auto const error =
      object("", "",
             {object("error", "what is wrong",
                     {field, value("reason", Type::text, "and what would be right")})});
  json.key("components").begin_object();
  json.key("schemas").begin_object();
  json.key("Error");
  write_schema(json, error);
  json.end_object();
  json.end_object();
}

}  // namespace

std::string openapi_document(std::vector<Endpoint> const& endpoints, std::string const& version) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("openapi", "3.1.0");
  json.key("info").begin_object();
  json.field("title", "perfd");
  json.field("description", "What Tor's users feel, as this perfd measures it.");
  json.field("version", version);
  json.end_object();
  json.key("paths").begin_object();
  for (auto const& endpoint : endpoints) {
    write_path(json, endpoint.address, Form::json);
    if (endpoint.address.csv) write_path(json, endpoint.address, Form::csv);
    if (endpoint.address.ndjson) write_path(json, endpoint.address, Form::ndjson);
  }
  json.end_object();
  write_error_schema(json);
  json.end_object();
  return out + "\n";
}

}  // namespace perfd::web::api
