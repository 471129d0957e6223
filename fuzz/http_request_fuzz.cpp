// A hostile HTTP client: the request's head and body are the same however the bytes are cut, and
// what was understood, written again, is understood the same. Input: how to cut, the bytes.
#include <optional>
#include <string>

#include "http_support.h"
#include "wire/http/head_parser.h"
#include "wire/http/head_writer.h"
#include "wire/http/query.h"
#include "wire/http/url.h"

namespace {

using namespace perfd::wire;
using perfd::fuzz::read_body;

struct Outcome {
  std::size_t consumed = 0;
  std::string error;
  std::optional<http::RequestHead> head;
};

template <class NextLength>
Outcome run(ByteView input, NextLength next_length) {
  Outcome outcome;
  http::RequestParser parser;
  for (std::size_t at = 0; at < input.size() && !parser.done();) {
    auto const length = std::min<std::size_t>(next_length(), input.size() - at);
    auto const used = parser.receive(input.subspan(at, length));
    if (!used) {
      outcome.error = used.error().message;
      FUZZ_REQUIRE(http::status_for(used.error()) >= 400);
      return outcome;
    }
    FUZZ_REQUIRE(*used == length || parser.done());
    outcome.consumed += *used;
    at += length;
  }
  if (parser.done()) outcome.head = parser.take();
  return outcome;
}

void require_same(http::RequestHead const& a, http::RequestHead const& b) {
  FUZZ_REQUIRE(a.method_text == b.method_text && a.target == b.target);
  FUZZ_REQUIRE(a.minor_version == b.minor_version && a.keep_alive == b.keep_alive);
  FUZZ_REQUIRE(a.expects_continue == b.expects_continue && a.framing == b.framing);
  FUZZ_REQUIRE(a.fields.size() == b.fields.size());
  auto other = b.fields.begin();
  for (auto const& field : a.fields) {
    FUZZ_REQUIRE(field.name == other->name && field.value == other->value);
    ++other;
  }
}

void write_again(http::RequestHead const& head) {
  // A target with bytes that a URL cannot have is read (the server answers 404), but not written.
  for (char const c : head.target)
    if (c <= ' ' || c >= 0x7F) return;
  std::string text;
  http::HeadWriter(text)
      .request(head.method_text, head.target, head.minor_version)
      .fields(head.fields)
      .end();
  if (text.size() > http::kMaxHead) return;  // "Name:value" was written without the space
  auto const again = run(as_bytes(text), [&] { return text.size(); });
  FUZZ_REQUIRE(again.head.has_value());
  require_same(head, *again.head);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  perfd::fuzz::Choices choices(data, size);
  auto const seed = choices.byte();
  auto const input = choices.rest();
  perfd::fuzz::Cuts cuts(seed);
  auto const all = [&] { return input.size(); };
  auto const some = [&] { return cuts.next(); };
  auto const whole = run(input, all);
  auto const cut = run(input, some);
  FUZZ_REQUIRE(whole.error == cut.error);
  FUZZ_REQUIRE(whole.head.has_value() == cut.head.has_value());
  if (!whole.head) return 0;
  FUZZ_REQUIRE(whole.consumed == cut.consumed);
  require_same(*whole.head, *cut.head);
  FUZZ_REQUIRE(whole.head->target.front() == '/');
  FUZZ_REQUIRE(whole.head->framing.kind != http::Framing::Kind::kUntilClose);
  FUZZ_REQUIRE(whole.head->fields.size() <= http::kMaxFields);
  write_again(*whole.head);
  auto const body = input.subspan(whole.consumed);
  perfd::fuzz::require_same(read_body(whole.head->framing, body, all),
                            read_body(whole.head->framing, body, some));
  if (auto const query = http::Query::parse(whole.head->query()))
    FUZZ_REQUIRE(query->all().size() <= http::kMaxParameters);
  if (auto const url = http::parse_url("http://" + std::string(as_text(body)))) {
    auto const again = http::parse_url(url->text());
    FUZZ_REQUIRE(again.has_value() && *again == *url);
    std::string text;
    http::HeadWriter(text).request("GET", url->target).field("Host", url->host_field()).end();
  }
  return 0;
}
