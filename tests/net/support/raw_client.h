// Says bytes to a server and keeps what it answers, for tests that look at bytes.
// Thread: the loop's.
#pragma once

#include <string>

#include "net/support/peer.h"
#include "runtime/deadline.h"

namespace perfd::net::test {

struct RawAsk {
  std::string text;
  std::string then{};             // said once the answer to `text` is whole; empty: nothing
  std::size_t piece = 65536;      // bytes a write
  bool half_close = false;        // ends its side behind the text
  std::size_t enough = SIZE_MAX;  // leaves after so many bytes of answer
};
struct RawAnswer {
  std::string text;
  bool ended = false;  // by the server, in order; not by a reset
};
// Reads until the connection ends, so the last request should ask for that.
runtime::Task<Result<RawAnswer>> converse(runtime::Loop& loop, runtime::Address server, RawAsk ask);
// The same, on a loop that nobody runs. Throws when it takes longer than any test may.
RawAnswer ask(runtime::Loop& loop, runtime::Address server, RawAsk ask);

// The bodies of pipelined answers with Content-Length, in order.
struct Answer {
  int status = 0;
  std::string head;
  std::string body;
  bool whole = false;
  [[nodiscard]] std::string field(std::string_view name) const;
};
// `heads_only`: the answers are to HEAD.
std::vector<Answer> split_answers(std::string_view text, bool heads_only = false);

}  // namespace perfd::net::test
