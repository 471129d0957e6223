// The words of control-spec lines: quoted strings, KEYWORD=value arguments, relay names.
// Source: control-spec 2.1.1 (escapes), 2.4 (names), 4.1 (extended events).
// Thread: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace perfd::wire::torctl {

// KEYWORD=value pairs in the order in which they came. A word without '=' that nobody
// expected has an empty keyword.
using Keywords = std::vector<std::pair<std::string, std::string>>;

// The value of the first pair with this keyword (ASCII case counts), or nullptr.
[[nodiscard]] std::string const* find(Keywords const& keywords, std::string_view keyword);

// "text" with backslashes and quotes escaped. CR, LF and NUL are errors: they would
// end the command and begin another.
[[nodiscard]] Result<std::string> quote(std::string_view text);

// Reads a quoted string at the front of `rest` and removes it from there. Both tor's
// C escapes (\n, \t, \r, octal) and plain ones are understood; nullopt when it does
// not begin with a quote or never ends.
[[nodiscard]] std::optional<std::string> take_quoted(std::string_view& rest);

// A word that may stand unquoted in a command: printable ASCII, no space, no quote.
[[nodiscard]] bool is_word(std::string_view text);

struct Arguments {
  std::vector<std::string> words;  // positional, quotes resolved
  Keywords keywords;
};

// Splits "WORD WORD KEY=value KEY="quoted value" …". A word is a KEYWORD only if letters,
// digits and '_' come before its '='; so "$FINGERPRINT=nickname" is a word. An error is a
// quoted string that does not end.
[[nodiscard]] Result<Arguments> parse_arguments(std::string_view text);

// "$FINGERPRINT~nickname", "$FINGERPRINT=nickname", "$FINGERPRINT" or "nickname".
struct RelayName {
  std::string fingerprint;  // 40 hex digits in upper case, or empty
  std::string nickname;

  friend bool operator==(RelayName const&, RelayName const&) = default;
};

// Anything without a valid fingerprint is taken as a nickname.
[[nodiscard]] RelayName parse_relay_name(std::string_view text);
// Comma-separated.
[[nodiscard]] std::vector<RelayName> parse_path(std::string_view text);

}  // namespace perfd::wire::torctl
