// /api/v1/measurements: results as a table, in the order of time, page by page.
#include <algorithm>
#include <array>

#include "web/api/cursor.h"
#include "web/api/own_endpoints.h"
#include "web/api/sources.h"
#include "web/api/table.h"

namespace perfd::web::api {
namespace {

constexpr std::array kResultColumns = {
    Column{"id", Type::text, "of /api/v1/measurements/ID"},
    Column{"at", Type::integer, "when it began, or should have"},
    Column{"source", Type::text, "the vantage point"},
    Column{"experiment", Type::text, "its name"},
    Column{"arm", Type::text, "of an experiment with arms; else empty"},
    Column{"kind", Type::text, "download, upload, page, allocation, resolve"},
    Column{"target", Type::text, "direct, onion, single-onion, or a URL"},
    Column{"filesize", Type::integer, "payload bytes that were asked for"},
    Column{"instance", Type::text, "the tor"},
    Column{"outcome", Type::text, "ok, or a failure code"},
    Column{"ttfb", Type::integer, "from the start to the first byte", true},
    Column{"ttlb", Type::integer, "from the start to the last byte", true},
    Column{"value", Type::integer, "of `metric`, of successful ones: µs, or bit/s", true}};
constexpr std::size_t kWithoutValue = kResultColumns.size() - 1;

constexpr std::int64_t kMostRows = 1000;
constexpr std::int64_t kMostPoints = 100'000;
constexpr std::array<std::string_view, 4> kPointFields = {"id", "at", "outcome", "value"};
// Whole records may be long.
constexpr std::size_t kMostRecordBytes = 8 << 20;

Cell cell_of(ListedResult const& result, std::string_view column) {
  if (column == "id") return result.id;
  if (column == "at") return result.place.at;
  if (column == "source") return result.source;
  if (column == "experiment") return result.experiment;
  if (column == "arm") return result.arm;
  if (column == "kind") return model::name(result.kind);
  if (column == "target") return result.target;
  if (column == "filesize") return result.filesize;
  if (column == "instance") return result.instance;
  if (column == "outcome") return result.outcome;
  if (column == "ttfb") return result.ttfb;
  if (column == "ttlb") return result.ttlb;
  return result.value;
}

std::optional<report::Quantity> quantity_named(std::string_view name) {
  for (std::size_t i = 0; i < report::kQuantities; ++i)
    if (report::name(report::quantity(i)) == name) return report::quantity(i);
  return std::nullopt;
}

// As they were asked for, or all that there is something of.
std::vector<std::string_view> chosen_fields(Arguments const& arguments) {
  std::vector<std::string_view> out;
  auto const wanted = arguments.words("fields");
  for (auto const& name : wanted)
    for (auto const& column : kResultColumns)
      if (column.name == name) out.push_back(column.name);
  if (!out.empty()) return out;
  auto const count = arguments.given("metric") ? kResultColumns.size() : kWithoutValue;
  for (auto const& column : std::span(kResultColumns).first(count)) out.push_back(column.name);
  return out;
}

bool are_of_points(std::vector<std::string_view> const& fields) {
  return std::all_of(fields.begin(), fields.end(), [](auto name) {
    return std::find(kPointFields.begin(), kPointFields.end(), name) != kPointFields.end();
  });
}

Checked<ResultsAsked> asked_by(Arguments const& arguments,
                               std::vector<std::string_view> const& fields) {
  auto const cursor = parse_cursor(arguments.text("cursor"));
  if (!cursor) return cursor.error();
  auto const limit = arguments.number("limit");
  if (limit > kMostRows && !are_of_points(fields))
    return bad("limit",
               "takes a number from 1 to 1000; more, up to 100000, with `fields` of id, at, "
               "outcome and value alone");
  ResultsAsked out;
  out.which = arguments.which();
  if (*cursor) out.behind = Place{(*cursor)->first, (*cursor)->second};
  out.oldest_first = arguments.text("order") == "oldest";
  out.most = static_cast<std::size_t>(limit);
  out.metric = quantity_named(arguments.text("metric"));
  return out;
}

std::string next_of(ResultSource::Reached const& reached) {
  return reached ? cursor_text(reached->at, reached->seq) : std::string();
}

Checked<Answer> whole_records(ResultsAsked asked, ResultSource& results) {
  asked.most = std::min(asked.most, static_cast<std::size_t>(kMostRows));
  Answer out;
  auto const reached = results.records(asked, [&](std::string const& line) {
    out.body += line;
    out.body += '\n';
    return out.body.size() < kMostRecordBytes;
  });
  if (!reached) return unavailable(reached.error());
  out.next = next_of(*reached);
  return out;
}

Checked<Answer> list_measurements(Call const& call, Sources& sources) {
  auto const fields = chosen_fields(call.arguments);
  auto asked = asked_by(call.arguments, fields);
  if (!asked) return asked.error();
  if (call.form == Form::ndjson) return whole_records(std::move(*asked), *sources.results);

  Table table(call.form, fields);
  std::vector<Cell> cells(fields.size());
  auto const reached = sources.results->list(*asked, [&](ListedResult const& result) {
    for (std::size_t i = 0; i < fields.size(); ++i) cells[i] = cell_of(result, fields[i]);
    table.row(cells);
  });
  if (!reached) return unavailable(reached.error());
  return page_of(table, call.form, next_of(*reached));
}

std::vector<std::string_view> result_column_words() {
  std::vector<std::string_view> out;
  for (auto const& column : kResultColumns) out.push_back(column.name);
  return out;
}

}  // namespace

Endpoint measurements_endpoint() {
  Address out;
  out.name = "measurements";
  out.about =
      "Results in the order of time, page by page. `.ndjson` has whole records, at most 8 MiB of "
      "them a page. Where a filter must read records to judge (tor-version, relay, without-relay, "
      "build-timeout), a page may be short or empty and still have a next one.";
  out.filters = Filters::all;
  out.parameters = {
      {"metric", Parameter::Type::word, "adds the column `value`: this metric of each", "", 0, 0,
       metric_words()},
      {"fields", Parameter::Type::words, "only these columns, in this order", "", 0, 0,
       result_column_words()},
      {"limit", Parameter::Type::number,
       "rows of a page; above 1000 only with `fields` of id, at, outcome and value alone", "100", 1,
       kMostPoints},
      {"order", Parameter::Type::word, "which come first", "newest", 0, 0, {"newest", "oldest"}},
      cursor_parameter()};
  out.answer = table_and(
      "", "", kResultColumns,
      {value("next", Type::text, "the cursor of the next page; null on the last one", true)},
      Shape::Form::chosen_table);
  out.ndjson = true;
  return {out, list_measurements};
}

}  // namespace perfd::web::api
