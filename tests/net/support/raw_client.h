// Says bytes to a server and keeps what it answers, for tests that look at bytes.
// Thread: the loop's.
#pragma once

#include <string>

#include "net/support/peer.h"
#include "runtime/deadline.h"

namespace perfd::net::test {

// Sends `text` in pieces of `piece` bytes, ends its side where `half_close`, and reads until the
// server ends the connection or `limit` has passed; `ended` tells which.
struct RawAnswer {
  std::string text;
  bool ended = false;
};
RawAnswer ask(runtime::Loop& loop, runtime::Address server, std::string text,
              Nanos limit = std::chrono::milliseconds{500}, std::size_t piece = 65536);

// The bodies of pipelined answers with Content-Length, in order.
struct Answer {
  int status = 0;
  std::string head;
  std::string body;
  [[nodiscard]] std::string field(std::string_view name) const;
};
// `heads_only`: the answers are to HEAD.
std::vector<Answer> split_answers(std::string_view text, bool heads_only = false);

}  // namespace perfd::net::test
