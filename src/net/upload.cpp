#include "net/upload.h"

#include "net/http_upload.h"
#include "net/send_request.h"

namespace perfd::net {
namespace {

// A piece's end is where an early answer can stop the rest, as is any moment at which the socket
// takes no more.
constexpr std::int64_t kPiece = 64 * 1024;

runtime::Task<Result<>> read_answer(MeasuredSocket& socket, UploadAnswer& answer) {
  while (!answer.done()) {
    auto const more = co_await socket.read();
    if (!more) co_return more.error();
    auto const taken = *more ? answer.receive(socket) : answer.end(socket);
    if (!taken) co_return taken;
  }
  co_return Result<>{};
}

// Returns early when the server's final answer comes: it wants no more of it.
runtime::Task<Result<>> send_body(MeasuredSocket& socket, UploadBody const& body,
                                  UploadAnswer& answer, TransferTrace& trace) {
  trace.step = Step::upload;
  for (std::int64_t at = 0; at < body.size();) {
    auto const piece = body.piece(at, kPiece);
    auto const written = co_await socket.write(piece, true);
    if (!written) co_return written.error();
    if (written->bytes > 0)
      trace.marks.set(model::mark::kHandedFirst, written->first.mark(trace.clock));
    at += static_cast<std::int64_t>(written->bytes);
    trace.handed_bytes = at;
    if (at == body.size()) {
      trace.marks.set(model::mark::kHandedLast, written->last.mark(trace.clock));
    } else if (written->bytes < piece.size() || socket.has_input()) {
      auto const more = co_await socket.read();
      if (!more) co_return more.error();
      auto const taken = *more ? answer.receive(socket) : answer.end(socket);
      if (!taken) co_return taken;
      if (answer.has_begun()) co_return Result<>{};
    }
  }
  co_return Result<>{};
}

runtime::Task<Result<>> run(runtime::Loop& loop, TransferSpec const& spec, UploadBody const& body,
                            TransferTrace& trace) {
  auto const request = upload_request(spec, body);
  if (!request) co_return request.error();
  auto socket = co_await send_request(loop, spec, *request, trace);
  if (!socket) co_return socket.error();
  UploadAnswer answer(spec, body, trace);
  auto const sent = co_await send_body(*socket, body, answer, trace);
  if (!sent && sent.error().code == Errc::kHttpStatus) co_return sent;
  // One who refuses an upload may answer and close: then the answer tells more than the reset.
  if (!sent && !socket->has_input()) co_return sent;
  if (sent) trace.step = Step::http_response;
  auto const answered = co_await read_answer(*socket, answer);
  if (!sent && (answered || answered.error().code != Errc::kHttpStatus)) co_return sent;
  co_return answered;
}

}  // namespace

runtime::Task<> prepare_upload(runtime::Loop& loop, runtime::Pool* pool, std::int64_t bytes) {
  // Not inside the co_await expression: GCC 12 destroys its captures twice there.
  auto work_out = [body = UploadBody::of(bytes)] { return body->sha256().size(); };
  if (pool == nullptr)
    (void)work_out();
  else
    (void)co_await pool->run(loop, std::move(work_out));
}

runtime::Task<Result<>> upload(runtime::Loop& loop, TransferSpec spec, std::int64_t bytes,
                               TransferTrace& trace) {
  trace.mark_start();
  auto const body = UploadBody::of(bytes);
  auto result = co_await run(loop, spec, *body, trace);
  if (!result) co_return as_net_error(result.error());
  co_return result;
}

}  // namespace perfd::net
