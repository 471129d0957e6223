#include "formats/support/har_validator.h"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <regex>
#include <set>

namespace perfd::testing {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

enum class Type { text, number, object, array };
enum class Needed { yes, no };

struct HarField {
  std::string_view name;
  Type type;
  Needed needed = Needed::yes;
};

constexpr auto kOptional = Needed::no;
constexpr HarField kComment{"comment", Type::text, kOptional};

class Validator {
 public:
  std::vector<std::string> problems;

  void document(element const& root) {
    auto const all = as_object("document", root);
    fields("document", all, {{"log", Type::object}});
    log(child(all, "log"));
  }

 private:
  void wrong(std::string const& where, std::string_view what) {
    problems.push_back(where + ": " + std::string(what));
  }

  // An empty object in place of what is none, or is missing: a default one can't be asked.
  object as_object(std::string const& where, element const& value) {
    object out;
    if (value.get(out) == simdjson::SUCCESS) return out;
    wrong(where, "must be an object");
    return empty_;
  }
  // `fields` has said so where it is missing, or of another type.
  [[nodiscard]] object child(object const& of, std::string_view name) const {
    object out;
    return of.at_key(name).get(out) == simdjson::SUCCESS ? out : empty_;
  }
  static std::vector<element> children(object const& of, std::string_view name) {
    array list;
    if (of.at_key(name).get(list)) return {};
    return {list.begin(), list.end()};
  }
  static std::string text(object const& of, std::string_view name) {
    std::string_view out;
    if (of.at_key(name).get(out)) return {};
    return std::string(out);
  }
  static double number(object const& of, std::string_view name, double otherwise) {
    double out = otherwise;
    if (of.at_key(name).get(out)) return otherwise;
    return out;
  }

  static bool is(element const& value, Type type) {
    switch (type) {
      case Type::text:
        return value.is_string();
      case Type::number:
        return value.is_number();
      case Type::object:
        return value.is_object();
      case Type::array:
        return value.is_array();
    }
    return false;
  }

  void fields(std::string const& where, object const& of, std::vector<HarField> const& known) {
    for (auto const& field : known) {
      element value;
      if (of.at_key(field.name).get(value)) {
        if (field.needed == Needed::yes) wrong(where, std::string(field.name) + " is missing");
      } else if (!is(value, field.type)) {
        wrong(where + "." + std::string(field.name), "is of another type");
      }
    }
    std::set<std::string_view> seen;
    for (auto const& [name, value] : of) {
      if (!seen.insert(name).second) wrong(where, std::string(name) + " is there twice");
      bool const custom = name.starts_with("_");
      bool const in_spec = std::any_of(known.begin(), known.end(),
                                       [&](HarField const& field) { return field.name == name; });
      if (!custom && !in_spec) wrong(where, std::string(name) + " is no field of HAR");
    }
  }

  void program(std::string const& where, object const& of) {
    fields(where, of, {{"name", Type::text}, {"version", Type::text}, kComment});
    if (text(of, "name").empty()) wrong(where + ".name", "is empty");
  }

  void log(object const& of) {
    fields("log", of,
           {{"version", Type::text},
            {"creator", Type::object},
            {"browser", Type::object, kOptional},
            {"pages", Type::array, kOptional},
            {"entries", Type::array},
            kComment});
    if (text(of, "version") != "1.2") wrong("log.version", "must be 1.2");
    program("log.creator", child(of, "creator"));
    if (!of.at_key("browser").error()) program("log.browser", child(of, "browser"));
    int n = 0;
    for (auto const& one : children(of, "pages")) page(n++, one);
    n = 0;
    for (auto const& one : children(of, "entries")) entry(n++, one);
  }

  void time(std::string const& where, object const& of) {
    // YYYY-MM-DDThh:mm:ss.sTZD
    static std::regex const iso(
        R"(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d))");
    if (!std::regex_match(text(of, "startedDateTime"), iso))
      wrong(where + ".startedDateTime", "is no ISO 8601 time");
  }

  // -1: does not apply.
  void span(std::string const& where, object const& of, std::string_view name,
            bool may_be_unknown) {
    auto const value = number(of, name, 0);
    if (value >= 0 || (may_be_unknown && value == -1)) return;
    wrong(where + "." + std::string(name), "must not be negative");
  }

  void size(std::string const& where, object const& of, std::string_view name) {
    auto const value = number(of, name, 0);
    if (value < -1 || value != std::floor(value))
      wrong(where + "." + std::string(name), "must be a number of bytes, or -1");
  }

  void page(int index, element const& value) {
    auto const where = "log.pages[" + std::to_string(index) + "]";
    auto const of = as_object(where, value);
    fields(where, of,
           {{"startedDateTime", Type::text},
            {"id", Type::text},
            {"title", Type::text},
            {"pageTimings", Type::object},
            kComment});
    time(where, of);
    if (!pages_.insert(text(of, "id")).second) wrong(where + ".id", "is another page's");
    auto const timings = child(of, "pageTimings");
    fields(where + ".pageTimings", timings,
           {{"onContentLoad", Type::number, kOptional},
            {"onLoad", Type::number, kOptional},
            kComment});
    for (auto const& [name, time] : timings) {
      if (!time.is_number()) continue;
      span(where + ".pageTimings", timings, name, true);
    }
  }

  void entry(int index, element const& value) {
    auto const where = "log.entries[" + std::to_string(index) + "]";
    auto const of = as_object(where, value);
    fields(where, of,
           {{"pageref", Type::text, kOptional},
            {"startedDateTime", Type::text},
            {"time", Type::number},
            {"request", Type::object},
            {"response", Type::object},
            {"cache", Type::object},
            {"timings", Type::object},
            {"serverIPAddress", Type::text, kOptional},
            {"connection", Type::text, kOptional},
            kComment});
    if (!of.at_key("pageref").error() && !pages_.contains(text(of, "pageref")))
      wrong(where + ".pageref", "is no page's id");
    time(where, of);
    request(where + ".request", child(of, "request"));
    response(where + ".response", child(of, "response"));
    fields(where + ".cache", child(of, "cache"),
           {{"beforeRequest", Type::object, kOptional},
            {"afterRequest", Type::object, kOptional},
            kComment});
    timings(where, of);
  }

  void message(std::string const& where, object const& of) {
    for (auto const* const list : {"cookies", "headers"}) pairs(where, of, list);
    size(where, of, "headersSize");
    size(where, of, "bodySize");
    if (text(of, "httpVersion").empty()) wrong(where + ".httpVersion", "is empty");
  }

  void pairs(std::string const& where, object const& of, std::string_view list) {
    for (auto const& one : children(of, list))
      fields(where + "." + std::string(list), as_object(where, one),
             {{"name", Type::text}, {"value", Type::text}, kComment});
  }

  // Empty, or a URI without its fragment (RFC 3986: ASCII, and not every character of that).
  void address(std::string const& where, std::string const& url) {
    constexpr std::string_view kAllowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?[]@!$&'()*+,;=%";
    if (url.find_first_not_of(kAllowed) != std::string::npos) wrong(where, "is no URI: " + url);
  }

  void request(std::string const& where, object const& of) {
    fields(where, of,
           {{"method", Type::text},
            {"url", Type::text},
            {"httpVersion", Type::text},
            {"cookies", Type::array},
            {"headers", Type::array},
            {"queryString", Type::array},
            {"postData", Type::object, kOptional},
            {"headersSize", Type::number},
            {"bodySize", Type::number},
            kComment});
    message(where, of);
    pairs(where, of, "queryString");
    auto const url = text(of, "url");
    address(where + ".url", url);
    // The query of the address is what stands in the list.
    std::string query;
    for (auto const& one : children(of, "queryString"))
      query += (query.empty() ? "" : "&") + text(as_object(where, one), "name") + "=" +
               text(as_object(where, one), "value");
    auto const mark = url.find('?');
    auto const in_url = mark == std::string::npos ? "" : url.substr(mark + 1);
    auto const plain = [](std::string from) {
      std::erase_if(from, [](char c) { return c == '&' || c == '='; });
      return from;
    };
    if (plain(query) != plain(in_url)) wrong(where + ".queryString", "is not the address's");
  }

  void response(std::string const& where, object const& of) {
    fields(where, of,
           {{"status", Type::number},
            {"statusText", Type::text},
            {"httpVersion", Type::text},
            {"cookies", Type::array},
            {"headers", Type::array},
            {"content", Type::object},
            {"redirectURL", Type::text},
            {"headersSize", Type::number},
            {"bodySize", Type::number},
            kComment});
    message(where, of);
    address(where + ".redirectURL", text(of, "redirectURL"));
    if (number(of, "status", 0) == 0 && number(of, "bodySize", 0) > 0)
      wrong(where + ".bodySize", "there is no response");
    auto const content = child(of, "content");
    fields(where + ".content", content,
           {{"size", Type::number},
            {"compression", Type::number, kOptional},
            {"mimeType", Type::text},
            {"text", Type::text, kOptional},
            {"encoding", Type::text, kOptional},
            kComment});
    size(where + ".content", content, "size");
    if (number(content, "size", 0) < 0) wrong(where + ".content.size", "must not be negative");
    if (text(content, "mimeType").empty()) wrong(where + ".content.mimeType", "is empty");
  }

  void timings(std::string const& where, object const& entry) {
    auto const of = child(entry, "timings");
    auto const here = where + ".timings";
    fields(here, of,
           {{"blocked", Type::number, kOptional},
            {"dns", Type::number, kOptional},
            {"connect", Type::number, kOptional},
            {"send", Type::number},
            {"wait", Type::number},
            {"receive", Type::number},
            {"ssl", Type::number, kOptional},
            kComment});
    for (auto const* const name : {"blocked", "dns", "connect", "ssl"}) span(here, of, name, true);
    for (auto const* const name : {"send", "wait", "receive"}) span(here, of, name, false);
    span(where, entry, "time", false);
    // TLS is within `connect`.
    double sum = 0;
    for (auto const* const name : {"blocked", "dns", "connect", "send", "wait", "receive"})
      sum += std::max(number(of, name, 0), 0.0);
    if (std::abs(sum - number(entry, "time", 0)) > 1e-9 * std::max(1.0, sum))
      wrong(where + ".time", "is not the sum of the timings");
    if (number(of, "ssl", -1) > number(of, "connect", -1))
      wrong(here + ".ssl", "is longer than connect, which it is a part of");
  }

  simdjson::dom::parser parser_;
  object empty_ = parser_.parse(simdjson::padded_string(std::string_view("{}")));
  std::set<std::string> pages_;
};

}  // namespace

std::vector<std::string> har_problems(std::string_view document) {
  simdjson::dom::parser parser;
  element root;
  if (auto const error = parser.parse(simdjson::padded_string(document)).get(root))
    return {std::string("no JSON: ") + simdjson::error_message(error)};
  Validator validator;
  validator.document(root);
  return validator.problems;
}

}  // namespace perfd::testing
