#include "net/transfer.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/http_download.h"
#include "net/measured_socket.h"
#include "net/socks_handshake.h"
#include "wire/bytes.h"

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

// Where to connect: the proxy, or the server itself.
Result<runtime::Address> first_hop(TransferSpec const& spec) {
  if (spec.proxy) return *spec.proxy;
  return runtime::Address::numeric(spec.host, spec.port);
}

Error connect_error(Error error, bool to_proxy) {
  error = as_net_error(std::move(error));
  // A unix socket that is not there is a proxy that is not there.
  if (to_proxy && (error.code == Errc::kRefused || error.code == Errc::kUnreachable ||
                   error.code == Errc::kReset || error.code == Errc::kIo))
    error.code = make_error_code(Errc::kProxyRefused);
  return error;
}

runtime::Task<Result<>> run(runtime::Loop& loop, TransferSpec const& spec, TransferTrace& trace) {
  auto const peer = first_hop(spec);
  if (!peer) co_return make_error(Errc::kBadSpec, peer.error().message);
  auto const request = download_request(spec);
  if (!request) co_return request.error();
  std::optional<wire::socks::ClientHandshake> handshake;
  if (spec.proxy) {
    auto created = wire::socks::ClientHandshake::create({.version = spec.socks_version,
                                                         .command = wire::socks::Command::kConnect,
                                                         .host = spec.host,
                                                         .port = spec.port,
                                                         .user = spec.username,
                                                         .password = spec.password,
                                                         .require_auth = spec.require_auth});
    if (!created) co_return created.error();
    handshake.emplace(std::move(*created));
  }

  trace.step = Step::connect;
  if (spec.proxy) trace.proxy = {"", peer->host(), peer->port()};
  trace.remote = {spec.host, spec.proxy ? "" : peer->host(), spec.port};
  auto socket = co_await MeasuredSocket::connect(loop, *peer, trace);
  if (!socket) co_return connect_error(socket.error(), spec.proxy.has_value());

  auto const bytes = wire::as_bytes(*request);
  bool const early = handshake && spec.optimistic;
  if (handshake) {
    auto const done =
        co_await socks_handshake(*socket, *handshake, early ? bytes : wire::ByteView{}, trace);
    if (!done) co_return done;
  }
  if (!early) {
    trace.step = Step::http_request;
    auto const written = co_await socket->write(bytes);
    if (!written) co_return written.error();
    trace.marks.set(model::mark::kDataRequest, written->first.mark(trace.clock));
  }
  trace.step = Step::http_response;
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
