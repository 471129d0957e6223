// POST /upload: reads and drops a body, and tells when it came. POST /page/form/sink does the same
// and answers with a document, for browsers.
#include <fmt/format.h>

#include <iterator>
#include <vector>

#include "net/digest.h"
#include "net/pages/pages.h"
#include "net/server_observing.h"
#include "wire/http/body_reader.h"
#include "wire/http/head_writer.h"

namespace perfd::net {
namespace {

namespace http = wire::http;

std::string to_json(std::int64_t bytes, std::string_view sha256, model::Marks const& marks) {
  auto out = fmt::format("{{\"bytes\":{},\"sha256\":\"{}\",\"marks\":{{", bytes, sha256);
  for (auto const& [name, mark] : marks.entries())
    fmt::format_to(std::back_inserter(out), "{}\"{}\":{}", out.back() == '{' ? "" : ",", name,
                   to_us(mark.at));
  return out + "}}\n";
}

// What a multipart form has around the file.
constexpr std::uint64_t kFormFrame = 4096;

std::string to_document(std::int64_t bytes, std::string_view json) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<title>perfd: received {0} bytes</title>\n<link rel=\"icon\" href=\"data:,\">\n</head>\n"
      "<body>\n<p id=\"result\" data-bytes=\"{0}\">The server received {0} bytes.</p>\n"
      "<script id=\"marks\" type=\"application/json\">{1}</script>\n</body>\n</html>\n",
      bytes, json);
}

}  // namespace

runtime::Task<bool> answer_upload(ServerConnection& connection, http::RequestHead const& request) {
  using Kind = http::Framing::Kind;
  bool const form = request.path() == kFormSink;
  // Where no payload is taken, no form is, either.
  auto const most = static_cast<std::uint64_t>(connection.context().options.max_size.count);
  auto const limit = form && most > 0 ? most + kFormFrame : most;
  auto const& framing = request.framing;
  if (request.method != http::Method::kPost)
    co_return co_await connection.send_text(request, 405, "POST, please", "Allow: POST\r\n");
  if (framing.kind == Kind::kLength && framing.length > limit)
    co_return co_await connection.send_text(request, 413,
                                            fmt::format("at most {} bytes are taken here", limit));
  if (request.expects_continue &&
      !co_await connection.send(wire::as_bytes(http::continue_response())))
    co_return false;

  std::optional<std::int64_t> total;
  if (framing.kind == Kind::kLength) total = static_cast<std::int64_t>(framing.length);
  if (framing.kind == Kind::kNone) total = 0;
  auto observing = form ? ServerObserving(connection, request, total,
                                          page_parameter(request.query(), kLoadParameter))
                        : ServerObserving(connection, request, total);
  http::BodyReader body(framing, limit);
  Sha256 digest;
  std::vector<wire::ByteView> pieces;  // of one read; several only in chunks
  std::int64_t last = 0;
  while (!body.done()) {
    if (!co_await connection.read()) co_return false;
    connection.note_progress();
    pieces.clear();
    auto input = connection.chunk();
    while (!input.empty() && !body.done()) {
      auto const piece = body.receive(input);
      if (!piece)
        co_return co_await connection.send_text(request, http::status_for(piece.error(), true),
                                                piece.error().message);
      pieces.push_back(piece->data);
      input = input.subspan(piece->consumed);
    }
    auto const received = static_cast<std::int64_t>(body.received());
    connection.context().stats.payload_bytes += static_cast<std::uint64_t>(received - last);
    if (received > last)
      observing.progress(received, connection.read_began(), connection.read_at());
    last = received;
    // Behind the mark, which it must not delay.
    for (auto const piece : pieces) digest.add(piece);
    connection.unread(input.size());
  }
  // The end of a chunked body is known only when it is there.
  observing.ended(last, connection.read_began(), connection.read_at());

  auto answer = to_json(last, digest.hex(), observing.marks());
  if (form) answer = to_document(last, answer);
  auto& out = connection.scratch();
  http::HeadWriter(out).response(200).field(
      "Content-Type", form ? content_type(PageKind::html) : "application/json");
  fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\nCache-Control: no-store\r\n",
                 answer.size());
  connection.common_fields(out, request);
  out += "\r\n";
  out += answer;
  if (!co_await connection.send(wire::as_bytes(out))) co_return false;
  observing.complete();
  co_return true;
}

}  // namespace perfd::net
