#include "net/resolve.h"

#include "net/measured_socket.h"
#include "net/socks_handshake.h"

namespace perfd::net {
namespace {

runtime::Task<Result<>> run(runtime::Loop& loop, ResolveSpec const& spec, TransferTrace& trace) {
  using wire::socks::Command;
  auto handshake = wire::socks::ClientHandshake::create(
      {.version = spec.socks_version,
       .command = spec.reverse ? Command::kResolvePtr : Command::kResolve,
       .host = spec.query,
       .port = 0,
       .user = spec.username,
       .password = spec.password,
       .require_auth = spec.require_auth});
  if (!handshake) co_return handshake.error();

  trace.step = Step::connect;
  trace.proxy = {"", spec.proxy.host(), spec.proxy.port()};
  trace.remote = {spec.query, "", 0};
  auto socket = co_await MeasuredSocket::connect(loop, spec.proxy, trace);
  if (!socket) {
    auto error = as_net_error(socket.error());
    error.code = make_error_code(Errc::kProxyRefused);
    co_return error;
  }
  auto const done = co_await socks_handshake(*socket, *handshake, {}, trace);
  if (!done) co_return done;
  trace.resolved = handshake->reply()->address.host_text();
  trace.step = Step::done;
  co_return Result<>{};
}

}  // namespace

runtime::Task<Result<>> resolve(runtime::Loop& loop, ResolveSpec spec, TransferTrace& trace) {
  trace.mark_start();
  auto result = co_await run(loop, spec, trace);
  if (!result) co_return as_net_error(result.error());
  co_return result;
}

}  // namespace perfd::net
