#include "web/record.h"

#include <string>
#include <utility>

#include "base/id.h"
#include "base/text.h"
#include "formats/har.h"
#include "formats/jsonl.h"
#include "web/respond.h"
#include "web/results.h"

namespace perfd::web {
namespace {

constexpr std::string_view kPrefix = "/api/v1/measurements/";
constexpr std::string_view kHar = ".har";

Result<std::string> as_json(std::string const& json_line) { return success(json_line + "\n"); }

Result<std::string> as_har(std::string const& json_line) {
  auto const measurement = formats::from_json_line(json_line);
  if (!measurement) return measurement.error();
  // Nothing is what a result has no HAR of.
  return success(measurement->page ? formats::to_har(*measurement) : std::string());
}

Response refusal(int status, std::string why) {
  return text_response(status, std::move(why) + "\n");
}

}  // namespace

runtime::Task<std::optional<Response>> Record::answer(Request const& request) {
  std::string_view id = request.path;
  if (!id.starts_with(kPrefix)) co_return std::nullopt;
  id.remove_prefix(kPrefix.size());
  bool const har = id.ends_with(kHar);
  if (har) id.remove_suffix(kHar.size());
  if (!is_id(id))
    co_return refusal(404, "'" + printable(id, 40) + "' is no id of a measurement: it has 26 " +
                               "digits and upper-case letters, with .har behind it for a HAR");
  if (!request.query.empty()) co_return refusal(400, "this address takes no parameters");

  Rendering const render = har ? as_har : as_json;
  auto found = co_await query_.record(std::string(id), render);
  if (!found) co_return refusal(503, found.error().message);
  if (!*found)
    co_return refusal(404, "no result has the id " + std::string(id) +
                               ": it was never measured here, has not ended yet, or was deleted");
  auto& record = **found;
  if (record.text.empty())
    co_return refusal(404,
                      "measurement " + std::string(id) +
                          " has no page load, of which alone there is a HAR; without .har there is "
                          "its record");

  auto const etag = etag_of(record.text);
  Response out;
  out.fields = {{"ETag", etag},
                {"Last-Modified", http_date(record.recorded_at)},
                {"Cache-Control", "no-cache"},
                {"Access-Control-Allow-Origin", "*"}};
  // Not by time: the same result may be written otherwise by a newer perfd.
  auto asked = request;
  asked.if_modified_since.reset();
  if (is_fresh(asked, etag, record.recorded_at)) {
    out.status = 304;
  } else {
    out.fields.emplace_back("Content-Type", "application/json");
    out.body = std::move(record.text);  // of which a HEAD is told the length
  }
  co_return out;
}

}  // namespace perfd::web
