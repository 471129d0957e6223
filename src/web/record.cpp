#include "web/record.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "base/id.h"
#include "base/text.h"
#include "formats/har.h"
#include "formats/jsonl.h"
#include "report/waterfall.h"
#include "web/respond.h"
#include "web/results.h"

namespace perfd::web {
namespace {

constexpr std::string_view kPrefix = "/api/v1/measurements/";

Result<std::string> as_json(std::string const& json_line) { return success(json_line + "\n"); }

Result<std::string> as_har(std::string const& json_line) {
  auto const measurement = formats::from_json_line(json_line);
  if (!measurement) return measurement.error();
  // Nothing is what a result has no HAR of.
  return success(measurement->page ? formats::to_har(*measurement) : std::string());
}

Result<std::string> as_svg(std::string const& json_line) {
  auto const measurement = formats::from_json_line(json_line);
  if (!measurement) return measurement.error();
  return success(report::waterfall_svg(*measurement));
}

// What may be asked for of a result.
struct Form {
  std::string_view suffix;
  Rendering render;
  std::string_view type;
};
constexpr Form kForms[] = {{".har", as_har, "application/json"},
                           {".svg", as_svg, "image/svg+xml"},
                           {"", as_json, "application/json"}};

// The first one whose suffix the address has; the last has every address.
Form const& form_of(std::string_view path) {
  return *std::find_if(std::begin(kForms), std::end(kForms) - 1,
                       [&](Form const& form) { return path.ends_with(form.suffix); });
}

Response refusal(int status, std::string why) {
  return text_response(status, std::move(why) + "\n");
}

}  // namespace

runtime::Task<std::optional<Response>> Record::answer(Request const& request) {
  std::string_view id = request.path;
  if (!id.starts_with(kPrefix)) co_return std::nullopt;
  id.remove_prefix(kPrefix.size());
  auto const form = form_of(id);
  id.remove_suffix(form.suffix.size());
  if (!is_id(id))
    co_return refusal(404,
                      "'" + printable(id, 40) + "' is no id of a measurement: it has 26 " +
                          "digits and upper-case letters; with .har behind it for a HAR, with .svg "
                          "for a drawing");
  if (!request.query.empty()) co_return refusal(400, "this address takes no parameters");

  auto found = co_await query_.record(std::string(id), form.render);
  if (!found) co_return refusal(503, public_words(found.error()));
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
    out.fields.emplace_back("Content-Type", form.type);
    // What a drawing holds is escaped; were it not, a browser would still run nothing of it.
    out.fields.emplace_back("Content-Security-Policy",
                            "default-src 'none'; style-src 'unsafe-inline'");
    out.body = std::move(record.text);  // of which a HEAD is told the length
  }
  co_return out;
}

}  // namespace perfd::web
