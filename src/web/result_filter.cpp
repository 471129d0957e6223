#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "base/time_text.h"
#include "web/results.h"
#include "wire/http/query.h"

namespace perfd::web {
namespace {

constexpr std::array<std::string_view, 5> kParameters = {"since", "until", "experiment", "outcome",
                                                         "limit"};

Error at(std::string_view parameter, std::string why) {
  return Error{"parameter " + std::string(parameter) + ": " + std::move(why)};
}

std::optional<Error> set(ResultFilter& filter, std::string_view name, std::string_view value) {
  if (name == "since" || name == "until") {
    auto const time = parse_time(value);
    if (!time) return at(name, time.error().message);
    (name == "since" ? filter.since : filter.until) = *time;
    return std::nullopt;
  }
  if (name == "limit") {
    auto const limit = parse_int<std::size_t>(value);
    if (!limit || *limit == 0) return at(name, "takes a number from 1 up");
    filter.limit = *limit;
    return std::nullopt;
  }
  for (auto const part : split(value, ',')) {
    if (part.empty()) return at(name, "has an empty name; write names with commas between them");
    if (name == "experiment") {
      filter.experiments.emplace_back(part);
      continue;
    }
    auto const code = model::failure_code(part);
    if (!code)
      return at(name, "'" + printable(part, 40) +
                          "' is no outcome; they are \"ok\" and the codes in "
                          "docs/measurement.md, such as NET_TIMEOUT");
    filter.outcomes.push_back(*code);
  }
  return std::nullopt;
}

}  // namespace

Result<ResultFilter> parse_result_filter(std::string const& query) {
  auto const parameters = wire::http::Query::parse(query);
  if (!parameters) return parameters.error();
  ResultFilter filter;
  for (auto const& [name, value] : parameters->all()) {
    if (std::find(kParameters.begin(), kParameters.end(), name) == kParameters.end()) {
      auto const near = nearest(name, kParameters);
      return Error{"unknown parameter '" + printable(name, 40) + "'" +
                   (near ? "; did you mean '" + std::string(*near) + "'?"
                         : "; there are since, until, experiment, outcome and limit")};
    }
    if (auto error = set(filter, name, value)) return *error;
  }
  return filter;
}

}  // namespace perfd::web
