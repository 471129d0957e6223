#include "net/support/raw_client.h"

#include <algorithm>

#include "base/text.h"
#include "wire/bytes.h"

namespace perfd::net::test {
namespace {

runtime::Task<Result<>> converse(runtime::Loop& loop, runtime::Address server, std::string text,
                                 std::size_t piece, RawAnswer& answer) {
  auto socket = runtime::StreamSocket::create(loop, server);
  if (!socket) co_return socket.error();
  (void)socket->set_no_delay();
  if (auto connected = co_await socket->connect(server); !connected) co_return connected;
  for (std::size_t at = 0; at < text.size(); at += piece)
    if (!co_await socket->send_all(wire::as_bytes(std::string_view(text).substr(at, piece)))) break;
  std::vector<std::byte> buffer(64 * 1024);
  for (;;) {
    auto const n = co_await socket->read_some(buffer);
    if (!n || *n == 0) break;
    answer.text += wire::as_text(std::span<const std::byte>(buffer).first(*n));
  }
  answer.ended = true;
  co_return Result<>{};
}

}  // namespace

RawAnswer ask(runtime::Loop& loop, runtime::Address server, std::string text, Nanos limit,
              std::size_t piece) {
  RawAnswer answer;
  (void)loop.run_until_done(runtime::with_deadline(
      runtime::mono_now() + limit, converse(loop, server, std::move(text), piece, answer)));
  return answer;
}

std::string Answer::field(std::string_view name) const {
  for (auto const line : split(head, '\n')) {
    auto const colon = line.find(':');
    if (colon != line.npos && equals_ignoring_case(line.substr(0, colon), name))
      return std::string(trim(line.substr(colon + 1)));
  }
  return "";
}

std::vector<Answer> split_answers(std::string_view text, bool heads_only) {
  std::vector<Answer> out;
  while (!text.empty()) {
    auto const end = text.find("\r\n\r\n");
    if (end == text.npos || text.size() < 12) break;
    Answer answer;
    answer.head = text.substr(0, end + 4);
    answer.status = parse_int<int>(text.substr(9, 3)).value_or(0);
    text.remove_prefix(end + 4);
    auto const length = parse_int<std::size_t>(answer.field("Content-Length")).value_or(0);
    if (!heads_only) {
      answer.body = text.substr(0, length);
      text.remove_prefix(std::min(length, text.size()));
    }
    out.push_back(std::move(answer));
  }
  return out;
}

}  // namespace perfd::net::test
