#include "web/api/arguments.h"

#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"
#include "model/selection_terms.h"
#include "report/quantity.h"
#include "wire/http/query.h"

namespace perfd::web::api {
namespace {

bool is_end(std::string_view name) { return name == "since" || name == "until"; }

// The filters that an address takes, by their names.
std::vector<std::string_view> filters_of(Address const& address) {
  std::vector<std::string_view> out;
  if (address.filters == Filters::none) return out;
  for (auto const& term : model::selection_terms())
    if (address.filters == Filters::all || is_end(term.name)) out.push_back(term.name);
  return out;
}

template <class Names>
bool is_among(Names const& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

template <class Names>
std::string listed(Names const& names) {
  std::string out;
  for (auto const& name : names) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

Refusal unknown_parameter(Address const& address, std::string const& name) {
  auto known = filters_of(address);
  for (auto const& parameter : address.parameters) known.push_back(parameter.name);
  auto const shown = printable(name, 40);
  if (known.empty()) return bad(shown, "this address takes no parameters");
  auto const near = nearest(name, known);
  return bad(shown,
             "is no parameter of this address; " +
                 (near ? "did you mean " + std::string(*near) + "?" : "it takes " + listed(known)));
}

Checked<void> wrong_word(Parameter const& parameter, std::string_view word) {
  auto const near = nearest(word, parameter.words);
  return bad(std::string(parameter.name), "'" + printable(word, 40) + "' is none of its words" +
                                              (near ? "; did you mean " + std::string(*near) + "?"
                                                    : "; they are " + listed(parameter.words)));
}

Checked<void> check(Parameter const& parameter, std::string const& value) {
  std::string const name(parameter.name);
  switch (parameter.type) {
    case Parameter::Type::text:
      if (value.empty()) return bad(name, "is empty");
      if (value.size() > Parameter::kMaxText)
        return bad(name, "is longer than " + std::to_string(Parameter::kMaxText) + " bytes");
      return {};
    case Parameter::Type::number: {
      auto const number = parse_int<std::int64_t>(value);
      if (number && *number >= parameter.least && *number <= parameter.most) return {};
      return bad(name, "takes a number from " + std::to_string(parameter.least) + " to " +
                           std::to_string(parameter.most));
    }
    case Parameter::Type::word:
      return is_among(parameter.words, value) ? Checked<void>() : wrong_word(parameter, value);
    case Parameter::Type::words:
      for (auto const word : split(value, ','))
        if (!is_among(parameter.words, word)) return wrong_word(parameter, word);
      return {};
  }
  return {};
}

}  // namespace

std::vector<std::string_view> metric_words() {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < report::kQuantities; ++i)
    out.push_back(report::name(report::quantity(i)));
  return out;
}

Checked<Arguments> Arguments::parse(Address const& address, std::string_view query, WallTime now) {
  auto const parameters = wire::http::Query::parse(query);
  if (!parameters) return bad({}, parameters.error().message);
  Arguments out(address);
  for (auto const& [name, value] : parameters->all())
    if (auto taken = out.take(name, value, now); !taken) return taken.error();
  for (auto const& parameter : address.parameters)
    if (parameter.required && !out.given(parameter.name))
      return bad(std::string(parameter.name), "is needed: " + std::string(parameter.about));
  if (address.filters != Filters::none)
    if (auto settled = out.settle_period(now); !settled) return settled.error();
  return out;
}

Checked<void> Arguments::take(std::string const& name, std::string const& value, WallTime now) {
  if (is_among(filters_of(*address_), name)) return take_filter(name, value, now);
  auto const found = std::find_if(address_->parameters.begin(), address_->parameters.end(),
                                  [&](auto const& one) { return one.name == name; });
  if (found == address_->parameters.end()) return unknown_parameter(*address_, name);
  if (auto checked = check(*found, value); !checked) return checked;
  auto& place = given_[name];
  if (place.empty()) {
    place = value;
  } else if (found->type == Parameter::Type::words) {
    place += "," + value;
  } else {
    return bad(name, "is given twice");
  }
  return {};
}

Checked<void> Arguments::take_filter(std::string const& name, std::string const& value,
                                     WallTime now) {
  if (is_end(name)) {
    // "7d" is so long ago.
    if (auto const ago = parse_duration(value)) {
      relative_ = true;
      // From the epoch on: a time before that has no text.
      auto const time = std::max(now - *ago, WallTime{});
      (name == "since" ? which_.since : which_.until) = time;
      return {};
    }
    if (!parse_time(value)) return bad(name, "takes a time such as 2026-05-01 or 7d");
  }
  if (auto const done = model::narrow(which_, name, value); !done)
    return bad(name, done.error().message);
  return {};
}

Checked<void> Arguments::settle_period(WallTime now) {
  // Nothing was measured before the epoch, and steps of time are counted from there.
  if (which_.since) which_.since = std::max(*which_.since, WallTime{});
  if (which_.until) which_.until = std::max(*which_.until, WallTime{});
  if (address_->period) {
    if (!which_.until) {
      relative_ = true;
      which_.until = now;
    }
    if (!which_.since) which_.since = std::max(*which_.until - *address_->period, WallTime{});
  }
  if (which_.since && which_.until && *which_.until <= *which_.since)
    return bad("until", "is not after since");
  return {};
}

std::string Arguments::text(std::string_view name) const {
  if (auto const found = given_.find(name); found != given_.end()) return found->second;
  for (auto const& parameter : address_->parameters)
    if (parameter.name == name) return parameter.default_value;
  return {};
}

std::int64_t Arguments::number(std::string_view name) const {
  return parse_int<std::int64_t>(text(name)).value_or(0);
}

std::vector<std::string> Arguments::words(std::string_view name) const {
  auto const all = text(name);
  std::vector<std::string> out;
  if (all.empty()) return out;
  for (auto const word : split(all, ','))
    if (!is_among(out, word)) out.emplace_back(word);
  return out;
}

}  // namespace perfd::web::api
