#include "wire/http/head_writer.h"

#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <stdexcept>

#include "base/text.h"

namespace perfd::wire::http {
namespace {

bool is_token_char(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

void require(bool ok, char const* what, std::string_view text) {
  if (!ok) throw std::invalid_argument("http head: " + std::string(what) + ": " + printable(text));
}

void require_token(std::string_view text, char const* what) {
  require(!text.empty() && std::all_of(text.begin(), text.end(), is_token_char), what, text);
}

// A line's end inside a value would let its owner write fields, or a whole message, of his own.
void require_value(std::string_view text, char const* what) {
  require(std::all_of(text.begin(), text.end(),
                      [](unsigned char c) { return c == '\t' || (c >= ' ' && c != 0x7F); }),
          what, text);
}

void append_number(std::string& out, std::int64_t value) {
  char digits[24];
  auto const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

std::string_view version_text(int minor) { return minor == 0 ? "HTTP/1.0" : "HTTP/1.1"; }

}  // namespace

HeadWriter& HeadWriter::response(int status, int minor_version, std::string_view reason) {
  if (status < 100 || status > 999) throw std::invalid_argument("http head: status out of range");
  require_value(reason, "reason");
  out_ += version_text(minor_version);
  out_ += ' ';
  append_number(out_, status);
  out_ += ' ';
  out_ += reason.empty() ? reason_phrase(status) : reason;
  out_ += "\r\n";
  return *this;
}

HeadWriter& HeadWriter::request(std::string_view method, std::string_view target,
                                int minor_version) {
  require_token(method, "method");
  require(!target.empty() &&
              std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7F; }),
          "target", target);
  out_ += method;
  out_ += ' ';
  out_ += target;
  out_ += ' ';
  out_ += version_text(minor_version);
  out_ += "\r\n";
  return *this;
}

HeadWriter& HeadWriter::field(std::string_view name, std::string_view value) {
  require_token(name, "field name");
  require_value(value, "field value");
  out_ += name;
  out_ += ": ";
  out_ += value;
  out_ += "\r\n";
  return *this;
}

HeadWriter& HeadWriter::field(std::string_view name, std::int64_t value) {
  require_token(name, "field name");
  out_ += name;
  out_ += ": ";
  append_number(out_, value);
  out_ += "\r\n";
  return *this;
}

HeadWriter& HeadWriter::fields(Fields const& fields) {
  for (auto const& each : fields) field(each.name, each.value);
  return *this;
}

void HeadWriter::end() { out_ += "\r\n"; }

std::string_view reason_phrase(int status) {
  namespace beast_http = boost::beast::http;
  auto const known = beast_http::int_to_status(static_cast<unsigned>(status));
  if (known == beast_http::status::unknown) return "Unknown";
  auto const text = beast_http::obsolete_reason(known);
  return {text.data(), text.size()};
}

std::string_view continue_response() { return "HTTP/1.1 100 Continue\r\n\r\n"; }

}  // namespace perfd::wire::http
