#include "net/support/socks_proxy.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

namespace perfd::net::test {
namespace {

namespace socks = wire::socks;

// Copies until the source ends; `reset_after` bytes later it resets `to` instead.
runtime::Task<> pump(runtime::StreamSocket& from, runtime::StreamSocket& to,
                     std::optional<std::int64_t> reset_after) {
  std::vector<std::byte> buffer(256 * 1024);
  for (;;) {
    auto const n = co_await from.read_some(buffer);
    if (!n || *n == 0) break;
    auto count = *n;
    bool const resets = reset_after && static_cast<std::int64_t>(count) >= *reset_after;
    if (resets) count = static_cast<std::size_t>(*reset_after);
    if (!co_await to.send_all(std::span<const std::byte>(buffer).first(count))) break;
    if (resets) {
      to.reset_on_close();
      co_return;
    }
    if (reset_after) *reset_after -= static_cast<std::int64_t>(count);
  }
  to.shutdown_send();
}

runtime::Task<bool> write_output(runtime::StreamSocket& client, socks::ServerHandshake& handshake) {
  auto const output = handshake.output();
  std::vector<std::byte> const copy(output.begin(), output.end());
  handshake.sent(copy.size());
  co_return (co_await client.send_all(copy)).has_value();
}

runtime::Address numeric(socks::Address const& address) {
  auto const known = runtime::Address::numeric(address.host_text(), address.port);
  return known ? *known : runtime::Address::numeric("127.0.0.1", 1).value();
}

}  // namespace

SocksProxy::SocksProxy(runtime::Loop& loop, ProxyFaults faults, runtime::Address const& where)
    : loop_(loop),
      faults_(std::move(faults)),
      peer_(
          loop, [this](runtime::StreamSocket client) { return serve(std::move(client)); }, where) {}

runtime::Task<> SocksProxy::serve(runtime::StreamSocket client) {
  if (!peer_.address().is_unix()) (void)client.set_no_delay();
  if (faults_.garbage) {
    (void)co_await read_until(client, "\x05");
    co_await send_text(client, "HTTP/1.0 400 I speak no SOCKS\r\n\r\n");
    co_await drain(client);
    co_return;
  }
  if (faults_.stall_method) co_return co_await drain(client);
  socks::ServerOptions options;
  if (faults_.no_usernames) options.auth = socks::ServerOptions::Auth::kNone;
  if (faults_.refuse_password)
    options.accept = [](std::string_view, std::string_view) { return false; };
  socks::ServerHandshake handshake(options);
  std::vector<std::byte> buffer(4096);
  std::string early;
  bool greeted = false;
  methods_.clear();
  while (!handshake.request()) {
    auto const n = co_await client.read_some(buffer);
    if (!n || *n == 0 || faults_.close_method) co_return;
    auto const input = std::span<const std::byte>(buffer).first(*n);
    if (!greeted && buffer[0] == std::byte{5}) methods_ = wire::as_text(input.subspan(2));
    greeted = true;
    if (faults_.drops_usernames) {
      std::string const none("\x05\0", 2);
      co_await send_text(client, none);
      co_return co_await drain(client);
    }
    auto const used = handshake.receive(input);
    if (!co_await write_output(client, handshake) || !used) co_return;
    early += wire::as_text(input.subspan(*used));
  }
  last_ = *handshake.request();
  if (faults_.stall_reply) co_return co_await drain(client);
  if (faults_.reset_reply) co_return client.reset_on_close();
  if (faults_.cut_reply) co_return co_await send_text(client, "\x05");
  if (faults_.refuse) {
    handshake.reply(static_cast<socks::ReplyCode>(*faults_.refuse));
    (void)co_await write_output(client, handshake);
    co_return;
  }
  if (last_.command != socks::Command::kConnect) {
    socks::Address answer;
    if (auto const ip = wire::parse_ip(faults_.resolves_to))
      answer.host = *ip;
    else
      answer.host = faults_.resolves_to;
    handshake.reply(socks::ReplyCode::kSucceeded, answer);
    (void)co_await write_output(client, handshake);
    co_return;
  }
  auto const target = faults_.upstream ? *faults_.upstream : numeric(last_.address);
  auto upstream = runtime::StreamSocket::create(loop_, target).value();
  auto const connected = co_await upstream.connect(target);
  handshake.reply(connected ? socks::ReplyCode::kSucceeded : socks::ReplyCode::kConnectionRefused);
  if (!co_await write_output(client, handshake) || !connected) co_return;
  if (!target.is_unix()) (void)upstream.set_no_delay();
  co_await send_text(upstream, std::move(early));
  auto const executor = loop_.executor();
  // Either side's end is the other's: perfd's client keeps no half-open connections.
  co_await boost::asio::experimental::make_parallel_group(
      boost::asio::co_spawn(executor, pump(client, upstream, std::nullopt), boost::asio::deferred),
      boost::asio::co_spawn(executor, pump(upstream, client, faults_.reset_after),
                            boost::asio::deferred))
      .async_wait(boost::asio::experimental::wait_for_one(),
                  boost::asio::use_awaitable_t<runtime::Executor>{});
}

}  // namespace perfd::net::test
