// A hostile HTTP server: the response's head and body are the same however the bytes are cut.
// Input: options, how to cut, the bytes.
#include <optional>
#include <string>

#include "http_support.h"
#include "wire/http/head_parser.h"

namespace {

using namespace perfd::wire;
using perfd::fuzz::read_body;

struct Outcome {
  std::size_t consumed = 0;
  std::string error;
  std::optional<http::ResponseHead> head;
  int interim = 0;
};

template <class NextLength>
Outcome run(bool to_head, ByteView input, NextLength next_length) {
  Outcome outcome;
  http::ResponseParser parser(to_head);
  for (std::size_t at = 0; at < input.size() && !parser.done();) {
    auto const length = std::min<std::size_t>(next_length(), input.size() - at);
    auto const used = parser.receive(input.subspan(at, length));
    if (!used) {
      outcome.error = used.error().message;
      FUZZ_REQUIRE(used.error().code.failed());
      return outcome;
    }
    FUZZ_REQUIRE(*used == length || parser.done());
    outcome.consumed += *used;
    at += length;
  }
  outcome.interim = parser.interim_count();
  FUZZ_REQUIRE(outcome.interim <= http::kMaxInterim);
  if (parser.done()) outcome.head = parser.head();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  perfd::fuzz::Choices choices(data, size);
  bool const to_head = choices.byte() & 1;
  perfd::fuzz::Cuts cuts(choices.byte());
  auto const input = choices.rest();
  auto const all = [&] { return input.size(); };
  auto const some = [&] { return cuts.next(); };
  auto const whole = run(to_head, input, all);
  auto const cut = run(to_head, input, some);
  FUZZ_REQUIRE(whole.error == cut.error);
  FUZZ_REQUIRE(whole.head.has_value() == cut.head.has_value());
  FUZZ_REQUIRE(whole.interim == cut.interim);
  if (!whole.head) return 0;
  auto const& head = *whole.head;
  FUZZ_REQUIRE(whole.consumed == cut.consumed);
  FUZZ_REQUIRE(head.status >= 200 && head.status <= 999);
  FUZZ_REQUIRE(head.status == cut.head->status && head.framing == cut.head->framing);
  FUZZ_REQUIRE(head.fields.size() == cut.head->fields.size());
  FUZZ_REQUIRE(!to_head || head.framing.kind == http::Framing::Kind::kNone);
  // A body that only the connection's end can end leaves no connection for another request.
  FUZZ_REQUIRE(head.framing.kind != http::Framing::Kind::kUntilClose || !head.keep_alive);
  auto const body = input.subspan(whole.consumed);
  perfd::fuzz::require_same(read_body(head.framing, body, all),
                            read_body(head.framing, body, some));
  // The head need not have said so for the chunks to be worth trying.
  http::Framing const chunked{http::Framing::Kind::kChunked, 0};
  perfd::fuzz::require_same(read_body(chunked, body, all), read_body(chunked, body, some));
  return 0;
}
