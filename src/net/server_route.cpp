// What the measurement server does not answer itself goes to its route.
#include <fmt/format.h>

#include <iterator>

#include "net/server_connection.h"
#include "wire/http/body_reader.h"
#include "wire/http/head_writer.h"

namespace perfd::net {
namespace {

namespace http = wire::http;

constexpr std::string_view kAbout =
    "This is perfd's measurement server. It sends random bytes (/urandom/<bytes>) and takes "
    "uploads (POST /upload), so that the performance of a network can be measured.";
constexpr std::uint64_t kMaxDroppedBody = 1024 * 1024;

runtime::Task<bool> drop_body(ServerConnection& connection, http::RequestHead const& request) {
  if (request.expects_continue &&
      !co_await connection.send(wire::as_bytes(http::continue_response())))
    co_return false;
  http::BodyReader body(request.framing, kMaxDroppedBody);
  while (!body.done()) {
    if (!co_await connection.read()) co_return false;
    auto input = connection.chunk();
    while (!input.empty() && !body.done()) {
      auto const piece = body.receive(input);
      if (!piece) {
        (void)co_await connection.send_text(request, http::status_for(piece.error(), true),
                                            piece.error().message);
        co_return false;
      }
      input = input.subspan(piece->consumed);
    }
    connection.unread(input.size());
  }
  co_return true;
}

bool has_no_body(int status) { return status == 204 || status == 304 || status < 200; }

// Sends what the source gives, chunked or as it is.
runtime::Task<bool> send_source(ServerConnection& connection, BodySource& source, bool chunked,
                                std::optional<std::uint64_t> length) {
  std::uint64_t sent = 0;
  std::string frame;
  for (;;) {
    connection.wait_unbounded();
    auto const piece = co_await source.next();
    if (!piece) co_return false;
    connection.begin_transfer();
    if (piece->empty()) break;
    sent += piece->size();
    if (length && sent > *length) co_return false;  // a bug of the source must not spoil framing
    if (chunked) {
      frame.clear();
      fmt::format_to(std::back_inserter(frame), "{:x}\r\n", piece->size());
      if (!co_await connection.send(wire::as_bytes(frame), true)) co_return false;
    }
    if (!co_await connection.send(*piece, chunked)) co_return false;
    if (chunked && !co_await connection.send(wire::as_bytes("\r\n"))) co_return false;
  }
  if (chunked) co_return co_await connection.send(wire::as_bytes("0\r\n\r\n"));
  co_return !length || sent == *length;
}

std::optional<std::uint64_t> length_of(RouteResponse const& response) {
  if (auto const* text = std::get_if<std::string>(&response.body)) return text->size();
  if (auto const* bytes = std::get_if<std::span<const std::byte>>(&response.body))
    return bytes->size();
  return response.length;
}

runtime::Task<bool> send_response(ServerConnection& connection, http::RequestHead const& request,
                                  RouteResponse response) {
  if (response.status >= 400) ++connection.context().stats.refused;
  auto const length = length_of(response);
  bool const bodiless = has_no_body(response.status);
  bool const chunked = !bodiless && !length && request.minor_version >= 1;
  if (!bodiless && !length && !chunked) connection.close_after_answer();

  auto& head = connection.scratch();
  http::HeadWriter(head).response(response.status).fields(response.fields);
  if (!bodiless && length)
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", *length);
  if (chunked) head += "Transfer-Encoding: chunked\r\n";
  connection.common_fields(head, request);
  head += "\r\n";
  bool const body = !bodiless && request.method != http::Method::kHead;
  if (!co_await connection.send(wire::as_bytes(head), body && length && *length > 0))
    co_return false;
  if (!body) co_return true;
  if (auto const* text = std::get_if<std::string>(&response.body))
    co_return co_await connection.send(wire::as_bytes(*text));
  if (auto const* bytes = std::get_if<std::span<const std::byte>>(&response.body))
    co_return co_await connection.send(*bytes);
  auto const& source = std::get<std::unique_ptr<BodySource>>(response.body);
  co_return co_await send_source(connection, *source, chunked, length);
}

}  // namespace

runtime::Task<bool> answer_route(ServerConnection& connection, http::RequestHead const& request) {
  if (request.framing.kind != http::Framing::Kind::kNone &&
      !co_await drop_body(connection, request))
    co_return false;
  http::RequestHead answered = request;
  answered.framing = {};  // its body was dropped above
  if (auto* const route = connection.context().route) {
    connection.wait_unbounded();
    // Not made inside the co_await: GCC 12 copies an aggregate there bit by bit.
    RouteRequest asked{answered, connection.peer(), connection.local()};
    auto response = co_await route->answer(asked);
    connection.begin_transfer();
    if (response) co_return co_await send_response(connection, answered, std::move(*response));
  }
  if (answered.path() == "/") co_return co_await connection.send_text(answered, 200, kAbout);
  co_return co_await connection.send_text(answered, 404, "nothing here by that name");
}

}  // namespace perfd::net
