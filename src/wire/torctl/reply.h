// Replies of tor's control port, read from bytes (control-spec 2.3).
//
// A reply is one or more lines that share a status code; a line with '+' is followed
// by a block of data that ends with a lone dot. Codes of 6xx are events, which come
// whenever tor likes, but never in the middle of another reply.
// Owner: one reader a connection. Thread: that of its owner. Failures: bytes that are
// no reply, or one over the limits; the reader stays failed, the connection is useless.
// Input is untrusted: what is kept is bounded by the limits.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace perfd::wire::torctl {

struct ReplyLine {
  char separator = ' ';    // '-': more lines follow, '+': with data, ' ': the last
  std::string text{};      // without code, separator and line end
  std::string data{};      // dots unstuffed, each line ended by '\n'
  bool truncated = false;  // an event's data that was over the limit; the rest was dropped

  friend bool operator==(ReplyLine const&, ReplyLine const&) = default;
};

struct Reply {
  int code = 0;  // 3 digits
  std::vector<ReplyLine> lines;

  [[nodiscard]] bool is_event() const { return code >= 600 && code < 700; }
  [[nodiscard]] bool ok() const { return code >= 200 && code < 300; }

  friend bool operator==(Reply const&, Reply const&) = default;
};

// The reply as tor wrote it, lines joined by '\n' and none at the end.
[[nodiscard]] std::string to_text(Reply const& reply);

// Limits of one reply, in bytes.
struct ReplyLimits {
  std::size_t line = std::size_t{128} << 10;
  std::size_t reply = std::size_t{64} << 20;
  // Of an event's data only this much is kept: NEWCONSENSUS brings megabytes that nobody reads.
  std::size_t event_data = std::size_t{64} << 10;
};

class ReplyReader {
 public:
  explicit ReplyReader(ReplyLimits limits = {}) : limits_(limits) {}

  // Takes the next piece of the connection, cut anywhere. What it completed is given by next().
  [[nodiscard]] Result<> feed(std::string_view bytes);
  // The oldest reply that has not been taken.
  [[nodiscard]] std::optional<Reply> next();

 private:
  [[nodiscard]] Result<> take_line(std::string_view line);
  [[nodiscard]] Result<> take_data_line(std::string_view line);
  [[nodiscard]] Result<> charge(std::size_t bytes);

  ReplyLimits limits_;
  std::optional<Error> failure_;
  std::string partial_;      // a line whose end has not come yet
  Reply current_;            // a reply whose last line has not come yet
  std::size_t charged_ = 0;  // what `current_` costs
  bool in_data_ = false;
  std::deque<Reply> ready_;
};

}  // namespace perfd::wire::torctl
