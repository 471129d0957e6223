#include <algorithm>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "model/selection_terms.h"
#include "web/results.h"
#include "wire/http/query.h"

namespace perfd::web {
namespace {

Error at(std::string_view parameter, std::string why) {
  return Error{"parameter " + std::string(parameter) + ": " + std::move(why)};
}

Error unknown(std::string_view name) {
  std::vector<std::string_view> known;
  for (auto const& term : model::selection_terms()) known.push_back(term.name);
  known.emplace_back("limit");
  auto const near = nearest(name, known);
  return Error{"unknown parameter '" + printable(name, 40) + "'" +
               (near ? "; did you mean '" + std::string(*near) + "'?"
                     : "; there are " + model::selection_term_names() + " and limit")};
}

}  // namespace

Result<ResultFilter> parse_result_filter(std::string const& query) {
  auto const parameters = wire::http::Query::parse(query);
  if (!parameters) return parameters.error();
  ResultFilter filter;
  auto const terms = model::selection_terms();
  for (auto const& [name, value] : parameters->all()) {
    if (name == "limit") {
      auto const limit = parse_int<std::size_t>(value);
      if (!limit || *limit == 0) return at(name, "takes a number from 1 up");
      filter.limit = *limit;
      continue;
    }
    if (std::none_of(terms.begin(), terms.end(), [&](auto const& t) { return t.name == name; }))
      return unknown(name);
    if (auto const done = model::narrow(filter.which, name, value); !done)
      return at(name, done.error().message);
  }
  return filter;
}

}  // namespace perfd::web
