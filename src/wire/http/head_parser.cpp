#include "wire/http/head_parser.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "wire/http/head_syntax.h"

namespace perfd::wire::http {

namespace {
// RFC 9112 section 2.2: a server skips an empty line before a request, as old clients send one
// behind a body. More than a few are no mistake any more.
constexpr int kMaxBlankLines = 4;
}  // namespace

Result<std::size_t> HeadCollector::receive(ByteView input) {
  auto const text = as_text(input);
  std::size_t used = 0;
  while (!complete_ && used < text.size()) {
    auto const newline = text.find('\n', used);
    auto const end = newline == text.npos ? text.size() : newline + 1;
    if (end - used > kMaxHead - text_.size())
      return make_error(Errc::kTooLarge,
                        fmt::format("HTTP head is larger than {} bytes", kMaxHead));
    text_.append(text, used, end - used);
    used = end;
    if (newline == text.npos) break;
    if (!text_.ends_with("\r\n"))
      return make_error(Errc::kMalformed, fmt::format("HTTP head has a line without CR: \"{}\"",
                                                      printable(text_, 80)));
    complete_ = text_.size() == 2 || text_.ends_with("\r\n\r\n");
  }
  return used;
}

void HeadCollector::clear() {
  text_.clear();
  complete_ = false;
}

Result<std::size_t> RequestParser::receive(ByteView input) {
  std::size_t used = 0;
  while (!head_ && used < input.size()) {
    auto const taken = collector_.receive(input.subspan(used));
    if (!taken) return taken.error();
    used += *taken;
    if (!collector_.complete()) break;
    if (collector_.text().size() == 2) {
      if (++blank_lines_ > kMaxBlankLines)
        return make_error(Errc::kMalformed, "empty lines instead of an HTTP request");
      collector_.clear();
      continue;
    }
    auto head = read_request_head(collector_.text());
    collector_.clear();
    if (!head) return head.error();
    head_ = std::move(*head);
  }
  return used;
}

Error RequestParser::end_of_input() const {
  return make_error(Errc::kTruncated, idle() ? "client closed the connection without a request"
                                             : "client closed the connection inside a request");
}

RequestHead RequestParser::take() {
  auto head = std::move(head_.value());
  head_.reset();
  blank_lines_ = 0;
  return head;
}

Result<std::size_t> ResponseParser::receive(ByteView input) {
  std::size_t used = 0;
  while (!head_ && used < input.size()) {
    auto const taken = collector_.receive(input.subspan(used));
    if (!taken) return taken.error();
    used += *taken;
    if (!collector_.complete()) break;
    auto head = read_response_head(collector_.text(), to_head_);
    collector_.clear();
    if (!head) return head.error();
    if (head->status == 101)
      return make_error(Errc::kMalformed, "server switches to another protocol unasked");
    if (head->status >= 200) {
      head_ = std::move(*head);
    } else {
      continue_received_ = continue_received_ || head->status == 100;
      if (++interim_count_ > kMaxInterim)
        return make_error(Errc::kTooManyInterim,
                          fmt::format("more than {} interim HTTP responses", kMaxInterim));
    }
  }
  return used;
}

Error ResponseParser::end_of_input() const {
  bool const nothing = collector_.empty() && interim_count_ == 0;
  return make_error(Errc::kTruncated,
                    nothing ? "server closed the connection without a response"
                            : "server closed the connection inside the response head");
}

}  // namespace perfd::wire::http
