#include "net/support/raw_client.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "wire/bytes.h"

namespace perfd::net::test {
namespace {

runtime::Task<> say(runtime::StreamSocket& socket, std::string_view text, std::size_t piece) {
  for (std::size_t at = 0; at < text.size(); at += piece)
    if (!co_await socket.send_all(wire::as_bytes(text.substr(at, piece)))) co_return;
}

bool is_whole(std::string_view text) {
  auto const answers = split_answers(text);
  return !answers.empty() && answers.back().whole;
}

}  // namespace

runtime::Task<Result<RawAnswer>> converse(runtime::Loop& loop, runtime::Address server,
                                          RawAsk ask) {
  auto socket = runtime::StreamSocket::create(loop, server);
  if (!socket) co_return socket.error();
  if (!server.is_unix()) (void)socket->set_no_delay();
  if (auto connected = co_await socket->connect(server); !connected) co_return connected.error();
  co_await say(*socket, ask.text, ask.piece);
  if (ask.half_close) socket->shutdown_send();
  RawAnswer answer;
  std::vector<std::byte> buffer(64 * 1024);
  while (answer.text.size() < ask.enough) {
    auto const n = co_await socket->read_some(buffer);
    answer.ended = n && *n == 0;
    if (!n || *n == 0) break;
    answer.text += wire::as_text(std::span<const std::byte>(buffer).first(*n));
    if (!ask.then.empty() && is_whole(answer.text))
      co_await say(*socket, std::exchange(ask.then, {}), ask.piece);
  }
  co_return answer;
}

RawAnswer ask(runtime::Loop& loop, runtime::Address server, RawAsk ask) {
  return loop
      .run_until_done(runtime::with_deadline(runtime::mono_now() + std::chrono::seconds{30},
                                             converse(loop, server, std::move(ask))))
      .value();
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
    answer.whole = heads_only || text.size() >= length;
    if (!heads_only) {
      answer.body = text.substr(0, length);
      text.remove_prefix(std::min(length, text.size()));
    }
    out.push_back(std::move(answer));
  }
  return out;
}

}  // namespace perfd::net::test
