// The control port's bytes: whole or in pieces they give the same replies, what was
// read can be written and read again, and every event has a type.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "wire/torctl/auth.h"
#include "wire/torctl/event.h"
#include "wire/torctl/reply.h"
#include "wire/torctl/results.h"
#include "wire/torctl/text.h"

namespace {

using namespace perfd::wire::torctl;

// Small, so that the fuzzer finds the limits.
constexpr ReplyLimits kLimits{.line = 300, .reply = 2000, .event_data = 100};

struct Outcome {
  std::vector<Reply> replies;
  bool ok = true;

  friend bool operator==(Outcome const&, Outcome const&) = default;
};

Outcome read(std::string_view bytes, std::size_t piece) {
  ReplyReader reader(kLimits);
  Outcome out;
  while (!bytes.empty() && out.ok) {
    auto const part = bytes.substr(0, piece);
    out.ok = reader.feed(part).has_value();
    bytes.remove_prefix(part.size());
    while (auto reply = reader.next()) out.replies.push_back(std::move(*reply));
  }
  return out;
}

void require(bool condition) {
  if (!condition) std::abort();
}

void check_written_back(Reply const& reply) {
  for (auto const& line : reply.lines)
    if (line.truncated) return;
  ReplyReader reader;
  require(reader.feed(to_text(reply) + "\n").has_value());
  require(reader.next() == reply);
}

void check_parsers(Reply const& reply) {
  if (reply.is_event()) (void)parse_event(reply);
  (void)parse_getinfo(reply);
  (void)parse_getconf(reply);
  (void)parse_extendcircuit(reply);
  (void)parse_add_onion(reply);
  (void)parse_protocolinfo(reply);
  (void)parse_authchallenge(reply);
  for (auto const& line : reply.lines) {
    (void)parse_circuit_status(line.data);
    (void)parse_stream_status(line.data);
    (void)parse_bootstrap_phase(line.text);
  }
}

void check_quoting(std::string_view text) {
  auto const quoted = quote(text);
  if (quoted.has_error()) return;
  std::string_view rest = *quoted;
  require(take_quoted(rest) == text && rest.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
  auto const whole = read(bytes, bytes.size());
  require(read(bytes, 1) == whole);
  require(read(bytes, 1 + data[0]) == whole);
  for (auto const& reply : whole.replies) {
    // A lone CR at a line's end is part of the line end when it is read again.
    if (bytes.find("\r\r") == std::string_view::npos) check_written_back(reply);
    check_parsers(reply);
  }
  check_quoting(bytes);
  return 0;
}
