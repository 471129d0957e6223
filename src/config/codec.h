// How each type of a setting is read from TOML, written back, and described.
//
// Internal to config. Codec<T> has
//   kind()          for the reference and for messages: `duration, as in "5m"`
//   read(node, out, report)   false, after a report, when the node is not a T
//   write(value)    the TOML of it, which read() takes back to an equal value;
//                   nothing for a value that is expressed by leaving the key out
// Thread: pure functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "config/document.h"
#include "config/settings.h"
#include "config/words.h"

namespace perfd::config {

using Report = std::function<void(Place const&, std::string message)>;

// A TOML basic string, quotes included.
[[nodiscard]] std::string toml_string(std::string_view text);
// A key or a section's name: bare where TOML allows it, else quoted.
[[nodiscard]] std::string toml_key(std::string_view name);

// Reports `must be EXPECTED, not an integer` unless the node has the type.
bool expect(Node const& node, Node::Type type, std::string_view expected, Report const& report);

// `"downlaod" is not known; did you mean "download"?`, or the list of what is known.
[[nodiscard]] std::string unknown_word(std::string_view word,
                                       std::vector<std::string_view> const& known);
// `"a", "b", "c"`
[[nodiscard]] std::string quoted_list(std::vector<std::string_view> const& words);

// A country as torrc writes it, "{de}"; in lower case, without the braces.
[[nodiscard]] std::optional<std::string> parse_country(std::string_view text);
// An address and a port: "127.0.0.1:80" or "[::1]:80", numeric.
[[nodiscard]] std::optional<ListenAddress> parse_listen_address(std::string_view text);
[[nodiscard]] std::string format_listen_address(ListenAddress const& address);
// 40 hex digits, a '$' before them allowed; upper case, without the '$'.
[[nodiscard]] std::optional<std::string> parse_fingerprint(std::string_view text);

template <class T>
struct Codec;

// A type that stands in TOML as one string; parse gives the value or a message.
template <class T>
bool read_string(Node const& node, T& out, Report const& report, std::string_view kind,
                 Result<T> (*parse)(std::string_view)) {
  if (!expect(node, Node::Type::string, kind, report)) return false;
  auto parsed = parse(node.text);
  if (parsed) {
    out = std::move(*parsed);
    return true;
  }
  report(node.place, parsed.error().message);
  return false;
}

#define PERFD_DECLARE_CODEC(Type)                                 \
  template <>                                                     \
  struct Codec<Type> {                                            \
    static std::string kind();                                    \
    static bool read(Node const& node, Type& out, Report const&); \
    static std::optional<std::string> write(Type const& value);   \
  }

PERFD_DECLARE_CODEC(std::string);
PERFD_DECLARE_CODEC(bool);
PERFD_DECLARE_CODEC(std::uint16_t);
PERFD_DECLARE_CODEC(std::int32_t);
PERFD_DECLARE_CODEC(Bytes);
PERFD_DECLARE_CODEC(Micros);
PERFD_DECLARE_CODEC(ListenAddress);
PERFD_DECLARE_CODEC(std::optional<ListenAddress>);  // "server" for none
PERFD_DECLARE_CODEC(Guards);
PERFD_DECLARE_CODEC(ChosenPath);
PERFD_DECLARE_CODEC(Target);
PERFD_DECLARE_CODEC(std::vector<Arm>);
#undef PERFD_DECLARE_CODEC

template <class E>
[[nodiscard]] std::vector<std::string_view> known_words() {
  std::vector<std::string_view> known;
  for (auto const& word : words(E{})) known.push_back(word.word);
  return known;
}

// Enumerations: one of their words.
template <class E>
requires std::is_enum_v<E>
struct Codec<E> {
  static std::string kind() {
    std::string text;
    for (auto const word : known_words<E>()) text += (text.empty() ? "" : ", ") + toml_string(word);
    return "one of " + text;
  }
  static bool read(Node const& node, E& out, Report const& report) {
    if (!expect(node, Node::Type::string, kind(), report)) return false;
    if (auto const value = from_name<E>(node.text)) {
      out = *value;
      return true;
    }
    report(node.place, unknown_word(node.text, known_words<E>()));
    return false;
  }
  static std::optional<std::string> write(E const& value) { return toml_string(name(value)); }
};

// A setting that may be left out.
template <class T>
struct Codec<std::optional<T>> {
  static std::string kind() { return Codec<T>::kind(); }
  static bool read(Node const& node, std::optional<T>& out, Report const& report) {
    T value{};
    if (!Codec<T>::read(node, value, report)) return false;
    out = std::move(value);
    return true;
  }
  static std::optional<std::string> write(std::optional<T> const& value) {
    return value ? Codec<T>::write(*value) : std::nullopt;
  }
};

template <class T>
struct Codec<std::vector<T>> {
  static constexpr std::size_t kMaxItems = 256;

  static std::string kind() { return "list, each: " + Codec<T>::kind(); }
  static bool read(Node const& node, std::vector<T>& out, Report const& report) {
    if (!expect(node, Node::Type::list, "a list in [ ]", report)) return false;
    if (node.items.size() > kMaxItems) {
      report(node.place, "has more than " + std::to_string(kMaxItems) + " items");
      return false;
    }
    bool good = true;
    out.clear();
    for (auto const& item : node.items) {
      T value{};
      good = Codec<T>::read(item, value, report) && good;
      out.push_back(std::move(value));
    }
    return good;
  }
  static std::optional<std::string> write(std::vector<T> const& value) {
    std::string text;
    for (auto const& item : value)
      text += (text.empty() ? "" : ", ") + Codec<T>::write(item).value_or("\"\"");
    return "[" + text + "]";
  }
};

}  // namespace perfd::config
