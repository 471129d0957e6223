// GET and HEAD of /urandom/<bytes>: a run of the random block, from an offset of its own.
#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/text.h"
#include "net/payload.h"
#include "net/server_observing.h"

namespace perfd::net {
namespace {

namespace http = wire::http;

constexpr std::string_view kPrefix = "/urandom/";
// From this size on sendfile costs less than a copy, although the head needs a call of its own.
constexpr std::int64_t kByFile = 24 * 1024;

std::uint64_t pick_offset(ServerContext& context) {
  // Whole cache lines: copying from an odd address costs more and proves nothing more.
  constexpr std::uint64_t kAlign = 64;
  context.next_offset = context.next_offset * 6364136223846793005U + 1442695040888963407U;
  return (context.next_offset >> 33) % (context.payload->block() / kAlign) * kAlign;
}

void write_head(std::string& out, ServerConnection& connection, http::RequestHead const& request,
                std::int64_t total, std::uint64_t offset) {
  auto const& payload = *connection.context().payload;
  fmt::format_to(std::back_inserter(out),
                 FMT_COMPILE("HTTP/1.1 200 OK\r\n"
                             "Content-Type: application/octet-stream\r\n"
                             "Content-Length: {}\r\n"
                             "Cache-Control: no-store\r\n"
                             "{}: v1 seed={:016x} offset={} block={}\r\n"),
                 total, kPayloadField, payload.seed(), offset, payload.block());
  connection.common_fields(out, request);
  out += "\r\n";
}

// Head and payload, in as few calls as the kernel's buffer allows: a small payload is copied,
// together with the head; of a large one the socket gets references to its pages.
runtime::Task<bool> send_payload(ServerConnection& connection, std::string_view head,
                                 std::int64_t total, std::uint64_t offset,
                                 ServerObserving& observing) {
  auto const& payload = *connection.context().payload;
  auto head_left = wire::as_bytes(head);
  auto* const file_taker = total >= kByFile ? connection.plain_socket() : nullptr;
  bool const by_file = file_taker != nullptr;
  if (by_file) {
    auto const taken = connection.send_now(head_left, true);
    if (!taken) co_return false;
    // Rare: the kernel's buffer is still full of an earlier answer.
    if (*taken < head_left.size() && !co_await connection.send(head_left.subspan(*taken), true))
      co_return false;
    head_left = {};
  }
  auto at = offset;
  std::int64_t sent = 0;
  while (sent < total || !head_left.empty()) {
    auto const run = std::min<std::uint64_t>(payload.bytes().size() - at,
                                             static_cast<std::uint64_t>(total - sent));
    std::array<wire::ByteView, 2> const parts{head_left, payload.bytes().subspan(at, run)};
    auto const begun = observing.wanted() ? runtime::mono_now() : MonoTime{};
    auto const taken =
        by_file ? file_taker->send_file_now(payload.fd(), static_cast<std::int64_t>(at), run)
                : connection.send_now(parts);
    if (!taken) co_return false;
    auto const of_head = std::min(*taken, head_left.size());
    auto const of_payload = *taken - of_head;
    head_left = head_left.subspan(of_head);
    at = (at + of_payload) % payload.block();
    sent += static_cast<std::int64_t>(of_payload);
    connection.context().stats.payload_bytes += of_payload;
    if (of_payload > 0 || total == 0)
      observing.progress(sent, begun, observing.wanted() ? runtime::mono_now() : MonoTime{});
    // It took less than it was given: there is no room, and another try would be in vain.
    if (*taken < parts[0].size() + run) co_await connection.wait_writable();
  }
  co_return true;
}

}  // namespace

runtime::Task<bool> answer_payload(ServerConnection& connection, http::RequestHead const& request) {
  auto const limit = connection.context().options.max_size.count;
  auto const number = request.path().substr(kPrefix.size());
  bool const has_body = request.framing.kind != http::Framing::Kind::kNone;
  if (request.method != http::Method::kGet && request.method != http::Method::kHead)
    co_return co_await connection.send_text(request, 405, "GET or HEAD, please",
                                            "Allow: GET, HEAD\r\n");
  if (has_body)
    co_return co_await connection.send_text(request, 400, "a request for payload has no body");
  auto const total = parse_int<std::int64_t>(number);
  bool const digits = !number.empty() && number.find_first_not_of("0123456789") == number.npos;
  if (!digits)
    co_return co_await connection.send_text(
        request, 400,
        fmt::format("'{}' is not a number of bytes: /urandom/<bytes>", printable(number, 40)));
  if (!total || *total > limit)
    co_return co_await connection.send_text(
        request, 413, fmt::format("at most {} bytes can be asked for here", limit));

  auto const offset = pick_offset(connection.context());
  bool const head_only = request.method == http::Method::kHead;
  auto& head = connection.scratch();
  write_head(head, connection, request, *total, offset);
  if (head_only) co_return co_await connection.send(wire::as_bytes(head));
  ServerObserving observing(connection, request, *total);
  if (!co_await send_payload(connection, head, *total, offset, observing)) co_return false;
  observing.complete();
  co_return true;
}

}  // namespace perfd::net
