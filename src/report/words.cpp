#include "report/words.h"

#include "base/text.h"

namespace perfd::report {

std::string_view plural(model::Kind kind) {
  switch (kind) {
    case model::Kind::download:
      return "downloads";
    case model::Kind::upload:
      return "uploads";
    case model::Kind::page:
      return "page loads";
    case model::Kind::allocation:
      return "series of streams";
    case model::Kind::resolve:
      return "resolutions";
  }
  return "measurements";
}

std::string sized(model::Kind kind, std::int64_t filesize) {
  auto const words = std::string(plural(kind));
  return filesize > 0 ? format_bytes(Bytes{filesize}) + " " + words : words;
}

std::string what_was_measured(SeriesKey const& key) {
  return sized(key.kind, key.filesize) + ", " + (key.target == "web" ? "a URL" : key.target);
}

}  // namespace perfd::report
