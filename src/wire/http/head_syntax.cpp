#include "wire/http/head_syntax.h"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/text.h"
#include "wire/http/error.h"

namespace perfd::wire::http {
namespace {

namespace beast_http = boost::beast::http;
using BeastError = boost::beast::error_code;
using BeastText = boost::beast::string_view;

std::string text_of(BeastText text) { return {text.data(), text.size()}; }

// Beast's parser calls these; they keep what a head has, and nothing of a body.
template <bool is_request>
class HeadReader final : public beast_http::basic_parser<is_request> {
 public:
  HeadReader() {
    this->header_limit(static_cast<std::uint32_t>(kMaxHead + 1));
    this->body_limit(boost::none);
  }

  std::string method, target, reason;
  int minor_version = 1;
  int status = 0;
  Fields fields;
  bool too_many_fields = false;

 private:
  void on_request_impl(beast_http::verb, BeastText method_text, BeastText target_text, int version,
                       BeastError&) override {
    method = text_of(method_text);
    target = text_of(target_text);
    minor_version = version % 10;
  }
  void on_response_impl(int code, BeastText reason_text, int version, BeastError&) override {
    status = code;
    reason = text_of(reason_text);
    minor_version = version % 10;
  }
  void on_field_impl(beast_http::field, BeastText name, BeastText value, BeastError& ec) override {
    if (fields.size() == kMaxFields) {
      too_many_fields = true;
      ec = beast_http::error::header_limit;
      return;
    }
    fields.add(text_of(name), text_of(value));
  }
  void on_header_impl(BeastError&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, BeastError&) override {}
  std::size_t on_body_impl(BeastText body, BeastError&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, BeastText, BeastError&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastText body, BeastError&) override {
    return body.size();
  }
  void on_finish_impl(BeastError&) override {}
};

std::string_view first_line(std::string_view text) { return text.substr(0, text.find("\r\n")); }

// "HTTP/2.0" is a version that is not ours; "HTTPS/1.1" or "ICY" is no HTTP.
bool names_a_version(std::string_view word) {
  return word.size() >= 6 && word.substr(0, 5) == "HTTP/" && word[5] >= '0' && word[5] <= '9';
}

Error head_error(BeastError const& ec, bool too_many_fields, std::string_view what,
                 std::string_view text) {
  auto const line = first_line(text);
  auto const shown = printable(line, 80);
  if (too_many_fields)
    return make_error(Errc::kTooLarge,
                      fmt::format("HTTP {} has more than {} header fields", what, kMaxFields));
  if (ec == beast_http::error::header_limit)
    return make_error(Errc::kTooLarge, fmt::format("HTTP {} has a header field too long", what));
  if (ec == beast_http::error::bad_version) {
    auto const word = what == "request" ? line.substr(line.rfind(' ') + 1) : line;
    if (names_a_version(word))
      return make_error(Errc::kUnsupportedVersion,
                        fmt::format("HTTP {} is neither HTTP/1.0 nor 1.1: \"{}\"", what, shown));
  }
  // Inside a head that is known to be whole, "need more" means that the empty line came too early.
  auto const why = ec == beast_http::error::need_more ? "cut short" : ec.message();
  return make_error(Errc::kMalformed,
                    fmt::format("malformed HTTP {} ({}): \"{}\"", what, why, shown));
}

template <bool is_request>
Result<void> run(HeadReader<is_request>& reader, std::string_view what, std::string_view text) {
  BeastError ec;
  reader.put(boost::asio::const_buffer(text.data(), text.size()), ec);
  if (!ec && !reader.is_header_done()) ec = beast_http::error::need_more;
  if (ec) return head_error(ec, reader.too_many_fields, what, text);
  return {};
}

template <bool is_request>
Framing framing_of(HeadReader<is_request> const& reader) {
  if (reader.chunked()) return {Framing::Kind::kChunked, 0};
  if (auto const length = reader.content_length()) return {Framing::Kind::kLength, *length};
  return {};
}

Method method_of(std::string_view text) {
  if (text == "GET") return Method::kGet;
  if (text == "HEAD") return Method::kHead;
  if (text == "POST") return Method::kPost;
  return Method::kOther;
}

}  // namespace

Result<RequestHead> read_request_head(std::string_view text) {
  HeadReader<true> reader;
  if (auto ok = run(reader, "request", text); !ok) return ok.error();
  auto const malformed = [](std::string message) {
    return make_error(Errc::kMalformed, std::move(message));
  };
  RequestHead head;
  head.method = method_of(reader.method);
  head.method_text = std::move(reader.method);
  head.target = std::move(reader.target);
  head.minor_version = reader.minor_version;
  head.keep_alive = reader.keep_alive();
  head.framing = framing_of(reader);
  head.fields = std::move(reader.fields);
  if (head.target.front() != '/')
    return make_error(Errc::kBadTarget, fmt::format("request target \"{}\" does not begin with /",
                                                    printable(head.target, 80)));
  auto const hosts = head.fields.count("Host");
  if (hosts > 1 || (hosts == 0 && head.minor_version == 1))
    return malformed("HTTP/1.1 request must have exactly one Host field");
  // A coding that does not end in chunked leaves the body's length open. Guessing it would let a
  // request hide inside another.
  if (head.framing.kind != Framing::Kind::kChunked && head.fields.contains("Transfer-Encoding"))
    return malformed("transfer encoding of a request does not end in chunked");
  if (head.framing.kind == Framing::Kind::kChunked && head.minor_version == 0)
    return malformed("HTTP/1.0 request with a transfer encoding");
  head.expects_continue =
      head.minor_version == 1 && head.fields.has_token("Expect", "100-continue");
  return head;
}

Result<ResponseHead> read_response_head(std::string_view text, bool to_head) {
  HeadReader<false> reader;
  reader.skip(to_head);
  if (auto ok = run(reader, "response", text); !ok) return ok.error();
  if (reader.status < 100)
    return make_error(Errc::kMalformed,
                      fmt::format("HTTP response with status {:03}", reader.status));
  ResponseHead head;
  head.status = reader.status;
  head.reason = std::move(reader.reason);
  head.minor_version = reader.minor_version;
  head.keep_alive = reader.keep_alive();
  bool const bodiless = to_head || head.status < 200 || head.status == 204 || head.status == 304;
  if (!bodiless) {
    head.framing = framing_of(reader);
    if (head.framing.kind == Framing::Kind::kNone) head.framing.kind = Framing::Kind::kUntilClose;
  }
  head.fields = std::move(reader.fields);
  return head;
}

}  // namespace perfd::wire::http
