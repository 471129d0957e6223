#include "web/respond.h"

#include <cstdint>
#include <utility>

#include "base/text.h"
#include "web/results.h"

namespace perfd::web {

Response text_response(int status, std::string body) {
  Response out;
  out.status = status;
  out.fields = {{"Content-Type", "text/plain; charset=utf-8"},
                {"Cache-Control", "no-store"},
                {"Access-Control-Allow-Origin", "*"}};
  out.body = std::move(body);
  return out;
}

std::string public_words(Error const& error) {
  using namespace boost::system::errc;
  if (error.code == timed_out) return error.message;
  if (error.code == no_such_file_or_directory) return "there are no results yet";
  if (error.code == device_or_resource_busy) return "the store is locked by another program";
  return "the store can't be read at the moment; perfd's log tells why";
}

std::string etag_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (char const c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return "\"" + std::to_string(hash) + "\"";
}

bool is_fresh(Request const& request, std::string_view etag, WallTime modified_at) {
  if (request.if_none_match) {
    if (trim(*request.if_none_match) == "*") return true;
    for (auto part : split(*request.if_none_match, ',')) {
      part = trim(part);
      if (part.starts_with("W/")) part.remove_prefix(2);
      if (part == etag) return true;
    }
    return false;
  }
  if (!request.if_modified_since) return false;
  auto const since = parse_http_date(*request.if_modified_since);
  return since && std::chrono::floor<std::chrono::seconds>(modified_at) <= *since;
}

}  // namespace perfd::web
