#include "net/send_request.h"

#include <fmt/format.h>

#include "net/socks_handshake.h"
#include "wire/bytes.h"

namespace perfd::net {
namespace {

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

}  // namespace

std::string host_field(TransferSpec const& spec) {
  if (!spec.host_field.empty()) return spec.host_field;
  bool const v6 = spec.host.find(':') != std::string::npos;
  auto const host = v6 ? "[" + spec.host + "]" : spec.host;
  return spec.port == 80 ? host : fmt::format("{}:{}", host, spec.port);
}

runtime::Task<Result<MeasuredSocket>> send_request(runtime::Loop& loop, TransferSpec const& spec,
                                                   std::string const& request,
                                                   TransferTrace& trace) {
  auto const peer = first_hop(spec);
  if (!peer) co_return make_error(Errc::kBadSpec, peer.error().message);
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

  auto const bytes = wire::as_bytes(request);
  bool const early = handshake && spec.optimistic;
  if (handshake) {
    auto const done =
        co_await socks_handshake(*socket, *handshake, early ? bytes : wire::ByteView{}, trace);
    if (!done) co_return done.error();
  }
  if (!early) {
    trace.step = Step::http_request;
    auto const written = co_await socket->write(bytes);
    if (!written) co_return written.error();
    trace.marks.set(model::mark::kDataRequest, written->first.mark(trace.clock));
  }
  trace.step = Step::http_response;
  co_return std::move(*socket);
}

}  // namespace perfd::net
