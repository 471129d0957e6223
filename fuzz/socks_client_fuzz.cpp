// A hostile SOCKS proxy against the client: whatever it sends, in whatever pieces, the client
// ends in the same phase with the same reply, writes the same bytes and consumes the same.
// Input: options, how to cut, the proxy's bytes.
#include <optional>
#include <string>

#include "support.h"
#include "wire/socks/client.h"

namespace {

using namespace perfd::wire;
using socks::ClientHandshake;
using Phase = ClientHandshake::Phase;

struct Outcome {
  Phase phase{};
  std::string written, error;
  std::size_t consumed = 0;
  std::optional<socks::Reply> reply;
};

socks::ClientRequest request_from(std::uint8_t options) {
  socks::ClientRequest request;
  request.port = 80;
  request.version = static_cast<socks::Version>(options % 3);
  request.host = options & 4 ? "192.0.2.1" : options & 8 ? "2001:db8::1" : "example.com";
  request.command = options & 16 ? socks::Command::kResolve : socks::Command::kConnect;
  if (options & 32) request.user = "user";
  request.require_auth = (options & 64) == 0;
  return request;
}

template <class NextLength>
Outcome run(socks::ClientRequest const& request, ByteView input, NextLength next_length) {
  Outcome outcome;
  auto client = *ClientHandshake::create(request);
  auto const write_all = [&] {
    while (!client.output().empty()) {
      outcome.written += as_text(client.output());
      client.sent(client.output().size());
    }
  };
  write_all();
  std::size_t available = 0;
  while (!client.done() && client.phase() != Phase::kFailed) {
    auto const used = client.receive(input.subspan(outcome.consumed, available - outcome.consumed));
    if (!used) {
      outcome.error = used.error().message;
      FUZZ_REQUIRE(!used.error().message.empty() && used.error().code.failed());
      break;
    }
    outcome.consumed += *used;
    FUZZ_REQUIRE(outcome.consumed <= available);
    auto const before = outcome.written.size();
    write_all();
    if (*used > 0 || outcome.written.size() > before) continue;
    if (available == input.size()) {
      outcome.error = client.end_of_input().message;
      break;
    }
    available = std::min(input.size(), available + next_length());
  }
  outcome.phase = client.phase();
  outcome.reply = client.reply();
  if (!outcome.error.empty()) outcome.consumed = 0;  // no promise about it after an error
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  perfd::fuzz::Choices choices(data, size);
  auto const request = request_from(choices.byte());
  perfd::fuzz::Cuts cuts(choices.byte());
  if (!ClientHandshake::create(request)) return 0;
  auto const input = choices.rest();
  auto const whole = run(request, input, [&] { return input.size(); });
  auto const cut = run(request, input, [&] { return cuts.next(); });
  FUZZ_REQUIRE(whole.phase == cut.phase);
  FUZZ_REQUIRE(whole.phase == Phase::kDone || whole.phase == Phase::kFailed);
  FUZZ_REQUIRE(whole.written == cut.written);
  FUZZ_REQUIRE(whole.error == cut.error);
  FUZZ_REQUIRE(whole.consumed == cut.consumed);
  FUZZ_REQUIRE(whole.reply.has_value() == cut.reply.has_value());
  if (whole.reply) {
    FUZZ_REQUIRE(whole.reply->code == cut.reply->code);
    FUZZ_REQUIRE(whole.reply->address == cut.reply->address);
  }
  FUZZ_REQUIRE(whole.phase != Phase::kDone || whole.reply.has_value());
  return 0;
}
