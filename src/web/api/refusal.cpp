#include "web/api/refusal.h"

#include "formats/json_writer.h"

namespace perfd::web::api {

Response to_response(Refusal const& refusal) {
  std::string body;
  formats::JsonWriter json(body);
  json.begin_object();
  json.key("error").begin_object();
  json.field_unless_empty("field", refusal.field);
  json.field("reason", refusal.reason);
  json.end_object();
  json.end_object();
  body += '\n';
  Response out;
  out.status = refusal.status;
  out.fields = {{"Content-Type", "application/json"},
                {"Cache-Control", "no-store"},
                {"Access-Control-Allow-Origin", "*"}};
  if (refusal.status == 503) out.fields.emplace_back("Retry-After", "1");
  out.body = std::move(body);
  return out;
}

}  // namespace perfd::web::api
