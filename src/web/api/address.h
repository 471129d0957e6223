// One address of the API, as everybody has to know it: which parameters it takes and what it
// answers with. Requests are checked by it (arguments.h); openapi.h and reference.h tell of it.
// Thread: values, made once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "web/api/column.h"

namespace perfd::web::api {

// In what form it answers: what stands behind the address. Each also without.
enum class Form : std::uint8_t { json, csv, ndjson };
[[nodiscard]] constexpr std::string_view suffix(Form form) {
  return form == Form::csv ? ".csv" : form == Form::ndjson ? ".ndjson" : "";
}

struct Parameter {
  enum class Type : std::uint8_t {
    text,    // at most kMaxText bytes
    number,  // a whole one, from `least` to `most`
    word,    // one of `words`
    words,   // some of `words`, with commas between them
  };
  static constexpr std::size_t kMaxText = 200;

  std::string_view name;
  Type type = Type::text;
  std::string_view about;
  std::string default_value{};  // as it would be given; empty: none
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::vector<std::string_view> words{};
  bool required = false;
};

// Which of model/selection_terms.h an address takes.
enum class Filters : std::uint8_t { none, period, all };  // period: since and until alone

struct Address {
  std::string_view name;  // "series" of /api/v1/series
  std::string_view about;
  Filters filters = Filters::none;
  std::optional<Micros> period{};  // `since` is so long before `until` where it is not given
  std::vector<Parameter> parameters{};
  Shape answer{};
  bool csv = true;
  bool ndjson = false;
  // What it says changes with the results of the store alone, and with time where it has a period.
  bool of_results = true;
  std::string_view content_type = "application/json";  // of its plain form
};

inline constexpr std::string_view kRoot = "/api/v1/";
inline constexpr Micros kWeek = std::chrono::hours{24 * 7};

// The metrics (report/quantity.h) as words of a parameter.
[[nodiscard]] std::vector<std::string_view> metric_words();

}  // namespace perfd::web::api
