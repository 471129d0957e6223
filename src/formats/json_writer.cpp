#include "formats/json_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace perfd::formats {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool continues(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

// Length of the well-formed UTF-8 sequence at the front of `text` (Unicode, table 3-7); 0 if none.
std::size_t sequence_length(std::string_view text) {
  auto const at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char const first = at(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || text.size() < 2) return 0;
  unsigned char const second = at(1);
  if (first < 0xE0) return continues(second) ? 2 : 0;
  if (text.size() < 3 || !continues(at(2))) return 0;
  if (first < 0xF0) {
    unsigned char const low = first == 0xE0 ? 0xA0 : 0x80;
    unsigned char const high = first == 0xED ? 0x9F : 0xBF;
    return second >= low && second <= high ? 3 : 0;
  }
  if (text.size() < 4 || !continues(at(3))) return 0;
  unsigned char const low = first == 0xF0 ? 0x90 : 0x80;
  unsigned char const high = first == 0xF4 ? 0x8F : 0xBF;
  return second >= low && second <= high ? 4 : 0;
}

// Bytes that stand in a string as they are, as a table: it is asked for each byte of each record.
constexpr auto kPlain = [] {
  std::array<bool, 256> out{};
  for (std::size_t byte = 0x20; byte < 0x7F; ++byte) out[byte] = byte != '"' && byte != '\\';
  return out;
}();

bool plain(unsigned char byte) { return kPlain[byte]; }

void append_escaped(std::string& out, unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  switch (byte) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    std::size_t run = 0;
    while (run < text.size() && plain(static_cast<unsigned char>(text[run]))) ++run;
    out.append(text.substr(0, run));
    text.remove_prefix(run);
    if (text.empty()) break;
    auto const byte = static_cast<unsigned char>(text.front());
    std::size_t const length = sequence_length(text);
    if (length == 1)
      append_escaped(out, byte);
    else if (length == 0)
      out += kReplacement;
    else
      out.append(text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

void JsonWriter::separate() {
  if (comma_) out_ += ',';
  comma_ = true;
}

void JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  comma_ = false;
}

void JsonWriter::close(char bracket) {
  out_ += bracket;
  comma_ = true;
}

// A third of a record is keys, none of which has anything to escape.
JsonWriter& JsonWriter::key(std::string_view name) {
  bool const as_it_is = std::all_of(name.begin(), name.end(),
                                    [](char c) { return plain(static_cast<unsigned char>(c)); });
  if (as_it_is) {
    out_.append(comma_ ? ",\"" : "\"").append(name).append("\":");
  } else {
    separate();
    append_json_string(out_, name);
    out_ += ':';
  }
  comma_ = false;
  return *this;
}

void JsonWriter::value(std::string_view text) {
  separate();
  append_json_string(out_, text);
}

void JsonWriter::value(std::int64_t number) {
  separate();
  std::array<char, 24> digits;
  out_.append(digits.data(),
              std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

void JsonWriter::value(std::uint64_t number) {
  separate();
  std::array<char, 24> digits;
  out_.append(digits.data(),
              std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

void JsonWriter::boolean(bool flag) { raw(flag ? "true" : "false"); }

void JsonWriter::real(double number) {
  if (!std::isfinite(number)) {
    null();
    return;
  }
  separate();
  std::array<char, 40> digits;
  out_.append(digits.data(),
              std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

void JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
}

}  // namespace perfd::formats
