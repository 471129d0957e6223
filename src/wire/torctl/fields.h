// Tables that say which word or keyword of an event fills which member.
//
// Internal to torctl. A Schema is all that one event's parser needs; the values'
// types choose how the text is read.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/time_text.h"
#include "base/units.h"
#include "wire/torctl/text.h"

namespace perfd::wire::torctl::fields {

inline bool assign(std::string& out, std::string_view text) {
  out = text;
  return true;
}
inline bool assign(RelayName& out, std::string_view text) {
  out = parse_relay_name(text);
  return true;
}
inline bool assign(std::vector<RelayName>& out, std::string_view text) {
  out = parse_path(text);
  return true;
}
inline bool assign(bool& out, std::string_view text) {
  out = text == "1";
  return text == "0" || text == "1";
}
inline bool assign(std::uint64_t& out, std::string_view text) {
  auto const value = parse_int<std::uint64_t>(text);
  if (value) out = *value;
  return value.has_value();
}
inline bool assign(double& out, std::string_view text) {
  auto const* const end = text.data() + text.size();
  auto const [at, error] = std::from_chars(text.data(), end, out);
  return error == std::errc{} && at == end;
}
inline bool assign(WallTime& out, std::string_view text) {
  // base's reader also takes bare numbers, which tor never writes.
  if (text.find('-') == std::string_view::npos) return false;
  auto const time = parse_time(text);
  if (time) out = *time;
  return time.has_value();
}
inline bool assign(Micros& out, std::string_view text) {
  auto const value = parse_int<std::int64_t>(text);
  if (value) out = Micros{*value};
  return value.has_value();
}
template <class T>
bool assign(std::optional<T>& out, std::string_view text) {
  T value{};
  if (!assign(value, text)) return false;
  out = std::move(value);
  return true;
}

template <class E>
struct Field {
  std::string_view keyword;  // or, of a word, what to call it in a message
  bool (*set)(E&, std::string_view);
};

// Sets a member as its type says.
template <class E, auto Member>
constexpr Field<E> field(std::string_view keyword) {
  return {keyword, [](E& event, std::string_view text) { return assign(event.*Member, text); }};
}

// Sets a Micros member from a number of milliseconds.
template <class E, auto Member>
constexpr Field<E> millis(std::string_view keyword) {
  return {keyword, [](E& event, std::string_view text) {
            constexpr std::int64_t kMost = 1'000'000'000'000;  // 30 years: no overflow as µs
            auto const value = parse_int<std::int64_t>(text);
            if (!value || *value < 0 || *value > kMost) return false;
            event.*Member = std::chrono::milliseconds(*value);
            return true;
          }};
}

// Specialised for every event: `words` in order, of which the first `required` must be
// there and must all be readable; then `keywords` in any order.
template <class E>
struct Schema;

// nullopt on success, else what is wrong. What no field takes goes to `rest`.
template <class E>
std::optional<std::string> fill(E& event, std::string_view text, Keywords& rest) {
  auto arguments = parse_arguments(text);
  if (arguments.has_error()) return arguments.error().message;
  auto const& schema = Schema<E>::words;
  auto& words = arguments->words;
  if (words.size() < Schema<E>::required)
    return "no " + std::string(std::data(schema)[words.size()].keyword);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i >= std::size(schema))
      rest.emplace_back(std::string{}, std::move(words[i]));
    else if (!std::data(schema)[i].set(event, words[i]))
      return "bad " + std::string(std::data(schema)[i].keyword);
  }
  for (auto& [keyword, value] : arguments->keywords) {
    bool taken = false;
    for (auto const& known : Schema<E>::keywords)
      if (known.keyword == keyword) taken = known.set(event, value);
    if (!taken) rest.emplace_back(std::move(keyword), std::move(value));
  }
  return std::nullopt;
}

}  // namespace perfd::wire::torctl::fields
