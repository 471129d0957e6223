// GET and HEAD of /page/…, the built-in web pages; POST of /page/form/sink is an upload.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/text.h"
#include "net/pages/pages.h"
#include "net/server_observing.h"
#include "wire/http/head_writer.h"

namespace perfd::net {
namespace {

namespace http = wire::http;

// It goes into documents as it is.
bool is_token(std::string_view text) {
  return text.size() <= PageResource::kMaxToken &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '-' || c == '_' || c == '.';
         });
}

}  // namespace

runtime::Task<bool> answer_page(ServerConnection& connection, http::RequestHead const& request) {
  auto const path = request.path();
  if (path == kFormSink) co_return co_await answer_upload(connection, request);
  auto* const resource = connection.context().pages.find(path);
  if (resource == nullptr)
    co_return co_await connection.send_text(request, 404, "no built-in page has that name");
  if (request.method != http::Method::kGet && request.method != http::Method::kHead)
    co_return co_await connection.send_text(request, 405, "GET or HEAD, please",
                                            "Allow: GET, HEAD\r\n");
  if (request.framing.kind != http::Framing::Kind::kNone)
    co_return co_await connection.send_text(request, 400, "a request for a page has no body");

  auto const limit = connection.context().options.max_size.count;
  auto const size = resource->spec().size;
  auto const token = page_parameter(request.query(), kLoadParameter);
  if (!is_token(token))
    co_return co_await connection.send_text(
        request, 400,
        fmt::format("load= takes up to {} letters, digits, '-', '_' and '.'",
                    PageResource::kMaxToken));
  bool const form = path == kFormPage;
  auto const upload = form ? parse_int<std::int64_t>(page_parameter(request.query(), "size")) : 0;
  if (!upload || *upload < 0)
    co_return co_await connection.send_text(request, 400, "say how much: /page/form?size=BYTES");
  if (*upload > limit || static_cast<std::int64_t>(size) > limit)
    co_return co_await connection.send_text(
        request, 413, fmt::format("at most {} bytes are sent or taken here", limit));

  auto& head = connection.scratch();
  http::HeadWriter(head).response(200).field("Content-Type", content_type(resource->spec().kind));
  fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\nCache-Control: no-store\r\n",
                 size);
  connection.common_fields(head, request);
  head += "\r\n";
  if (request.method == http::Method::kHead)
    co_return co_await connection.send(wire::as_bytes(head));
  auto const body = resource->body(token);
  // A load is observed by its document; that of a form by what the form sends.
  bool const document = resource->spec().kind == PageKind::html && !form;
  ServerObserving observing(connection, request, static_cast<std::int64_t>(size),
                            document ? token : std::string_view());
  std::array<wire::ByteView, 4> const parts{wire::as_bytes(head), wire::as_bytes(body.front),
                                            body.filler, wire::as_bytes(body.back)};
  auto left = head.size() + size;
  for (auto const part : parts) {
    auto const begun = observing.wanted() ? runtime::mono_now() : MonoTime{};
    left -= part.size();
    if (!co_await connection.send(part, left > 0)) co_return false;
    if (left < size)
      observing.progress(static_cast<std::int64_t>(size - left), begun,
                         observing.wanted() ? runtime::mono_now() : MonoTime{});
  }
  connection.context().stats.payload_bytes += size;
  observing.complete();
  co_return true;
}

}  // namespace perfd::net
