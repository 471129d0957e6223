#include "net/transfer.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/http_download.h"
#include "net/measured_socket.h"
#include "net/send_request.h"

namespace perfd::net {
namespace {

// Reads until the response is whole. Waits only when there is nothing to read, and lets the
// loop's other tasks run after so many reads that found data.
runtime::Task<Result<>> receive_response(MeasuredSocket& socket, HttpDownload& download) {
  using Status = runtime::Received::Status;
  constexpr int kTurn = 16;
  for (int reads = 1; !download.done(); ++reads) {
    auto const status = socket.read_now();
    if (!status) co_return status.error();
    if (*status == Status::would_block) {
      co_await socket.wait();
      reads = 0;
      continue;
    }
    auto const taken = *status == Status::data ? download.receive(socket) : download.end(socket);
    if (!taken) co_return taken;
    if (reads % kTurn == 0)
      co_await boost::asio::post(co_await boost::asio::this_coro::executor,
                                 boost::asio::use_awaitable_t<runtime::Executor>{});
  }
  co_return Result<>{};
}

runtime::Task<Result<>> run(runtime::Loop& loop, TransferSpec const& spec, TransferTrace& trace) {
  auto const request = download_request(spec);
  if (!request) co_return request.error();
  auto socket = co_await send_request(loop, spec, *request, trace);
  if (!socket) co_return socket.error();
  HttpDownload download(spec, trace);
  co_return co_await receive_response(*socket, download);
}

}  // namespace

std::string_view name(Step step) {
  switch (step) {
    case Step::start:
      return "start";
    case Step::connect:
      return "connect";
    case Step::negotiate:
      return "socks negotiate";
    case Step::socks_request:
      return "socks request";
    case Step::http_request:
      return "http request";
    case Step::http_response:
      return "http response";
    case Step::upload:
      return "upload";
    case Step::payload:
      return "payload";
    case Step::done:
      return "done";
  }
  return "unknown";
}

void TransferTrace::mark_done(std::string_view mark_name, MonoTime begun) {
  auto const at = clock.now();
  marks.set(mark_name, {at, model::MarkSource::clock, at - clock.wall(begun)});
}

void TransferTrace::mark_start() {
  marks.set(model::mark::kStart, {clock.wall(clock.started()), model::MarkSource::clock, {}});
}

runtime::Task<Result<>> transfer(runtime::Loop& loop, TransferSpec spec, TransferTrace& trace) {
  trace.mark_start();
  auto result = co_await run(loop, spec, trace);
  if (!result) co_return as_net_error(result.error());
  co_return result;
}

}  // namespace perfd::net
