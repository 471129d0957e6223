// A hostile SOCKS client against the server: the request, the answers and what was consumed do not
// depend on how the bytes are cut; and a request that was understood can be asked again by our
// own client, in the same words. Input: options, how to cut, the client's bytes.
#include <algorithm>
#include <optional>
#include <string>

#include "support.h"
#include "wire/socks/client.h"
#include "wire/socks/server.h"

namespace {

using namespace perfd::wire;
using socks::ServerHandshake;

struct Outcome {
  std::size_t consumed = 0;
  std::string output, error;
  std::optional<socks::ServerRequest> request;
};

template <class NextLength>
Outcome run(socks::ServerOptions const& options, ByteView input, NextLength next_length) {
  Outcome outcome;
  ServerHandshake server(options);
  for (std::size_t at = 0; at < input.size() && !server.request();) {
    auto const length = std::min<std::size_t>(next_length(), input.size() - at);
    auto const used = server.receive(input.subspan(at, length));
    if (!used) {
      outcome.error = used.error().message;
      FUZZ_REQUIRE(used.error().code.failed());
      break;
    }
    FUZZ_REQUIRE(*used <= length);
    FUZZ_REQUIRE(*used == length || server.request());
    outcome.consumed += *used;
    at += length;
  }
  outcome.request = server.request();
  if (outcome.request) server.reply(socks::ReplyCode::kSucceeded, outcome.request->address);
  outcome.output = as_text(server.output());
  server.sent(outcome.output.size());
  FUZZ_REQUIRE(server.output().empty());
  return outcome;
}

// Asks `asked` anew with the client and hears it with a second server.
void ask_again(socks::ServerRequest const& asked) {
  socks::ClientRequest request;
  request.version = asked.version;
  request.command = asked.command;
  request.host = asked.address.host_text();
  request.port = asked.address.port;
  request.user = asked.user;
  request.password = asked.user.empty() ? "" : asked.password;
  auto client = socks::ClientHandshake::create(request);
  if (!client) {
    // What a client may not ask for although a server hears it.
    FUZZ_REQUIRE(client.error().code == socks::Errc::kBadRequest);
    return;
  }
  ServerHandshake server;
  while (!client->done()) {
    auto const out = client->output();
    if (!out.empty()) {
      FUZZ_REQUIRE(server.receive(out).value() == out.size());
      client->sent(out.size());
    } else if (server.request() && server.output().empty()) {
      server.reply(socks::ReplyCode::kSucceeded, asked.address);
    } else {
      auto const used = client->receive(server.output()).value();
      FUZZ_REQUIRE(used > 0);
      server.sent(used);
    }
  }
  FUZZ_REQUIRE(server.request()->command == asked.command);
  FUZZ_REQUIRE(server.request()->address.host_text() == asked.address.host_text());
  FUZZ_REQUIRE(server.request()->address.port == asked.address.port);
  FUZZ_REQUIRE(server.request()->user == asked.user);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  perfd::fuzz::Choices choices(data, size);
  auto const choice = choices.byte();
  socks::ServerOptions options;
  options.auth = static_cast<socks::ServerOptions::Auth>(choice % 3);
  if (choice & 4)
    options.accept = [](std::string_view user, std::string_view) { return user.size() % 2 == 0; };
  perfd::fuzz::Cuts cuts(choices.byte());
  auto const input = choices.rest();
  auto const whole = run(options, input, [&] { return input.size(); });
  auto const cut = run(options, input, [&] { return cuts.next(); });
  FUZZ_REQUIRE(whole.output == cut.output);
  FUZZ_REQUIRE(whole.error == cut.error);
  FUZZ_REQUIRE(whole.request.has_value() == cut.request.has_value());
  if (!whole.request) return 0;
  FUZZ_REQUIRE(whole.consumed == cut.consumed);
  FUZZ_REQUIRE(whole.request->address == cut.request->address);
  FUZZ_REQUIRE(whole.request->user == cut.request->user);
  FUZZ_REQUIRE(whole.request->user.size() <= socks::kMaxUser);
  FUZZ_REQUIRE(whole.request->address.host_text().size() <= socks::kMaxName);
  ask_again(*whole.request);
  return 0;
}
