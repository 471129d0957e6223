#include "net/proxy_relay.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.h"
#include "net/errors.h"
#include "net/socks_handshake.h"

namespace perfd::net {
namespace {

using runtime::Task;

constexpr auto kProgram = "client";
constexpr auto kServer = "server";  // or tor: from the program's side they are one
constexpr auto kPerfd = "perfd";
// Reads that found data, after which the loop's other tasks run.
constexpr int kReadTurn = 16;
constexpr std::size_t kMaxRequests = 256;  // of ProxyConnection::requests
constexpr std::size_t kMaxTarget = 2000;

// "GET /x HTTP/1.1\r\n…": "/x". Empty where it begins otherwise, as with TLS.
std::string target_of(std::span<const std::byte> chunk) {
  auto const text =
      wire::as_text(wire::ByteView(chunk.data(), std::min(chunk.size(), kMaxTarget + 32)));
  auto const method = text.find(' ');
  if (method == std::string_view::npos || method == 0 || method > 16) return {};
  bool const word = std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(method),
                                [](char c) { return c >= 'A' && c <= 'Z'; });
  auto const end = text.find(' ', method + 1);
  if (!word || end == std::string_view::npos || !text.substr(end + 1).starts_with("HTTP/1."))
    return {};
  return printable(text.substr(method + 1, end - method - 1), kMaxTarget);
}

}  // namespace

ProxyRelay::ProxyRelay(runtime::Loop& loop, ProxySettings const& settings,
                       runtime::Listener::Accepted accepted, std::uint64_t number)
    : loop_(loop),
      settings_(settings),
      program_trace_(),
      tor_trace_(program_trace_),  // one clock for both
      program_(
          MeasuredSocket::accepted(std::move(accepted.socket), accepted.called_at, program_trace_)),
      deadline_(accepted.accepted_at + settings.handshake_timeout) {
  record_.number = number;
  record_.peer = accepted.peer.text();
  record_.username = settings.username;
  record_.optimistic = settings.optimistic;
  auto const at = program_trace_.clock.wall(accepted.accepted_at);
  record_.accepted_at = at;
  record_.marks.set(
      model::mark::kProxyAccept,
      {at, model::MarkSource::clock, at - program_trace_.clock.wall(accepted.called_at)});
}

void ProxyRelay::ended(char const* by, std::string error) {
  if (!record_.closed_by.empty()) return;
  record_.closed_by = by;
  record_.error = std::move(error);
}

void ProxyRelay::moved() {
  bool const half = up_.ended || down_.ended;
  deadline_ = runtime::mono_now() + (half ? settings_.half_closed_timeout : settings_.idle_timeout);
}

void ProxyRelay::close(std::string why) {
  ended(kPerfd, std::move(why));
  program_.close();
  if (tor_) tor_->close();
}

// The program's part of the handshake. What it sent behind its request stays unread.
Task<Result<>> ProxyRelay::greet() {
  while (!greeting_.request()) {
    auto const more = co_await program_.read();
    if (!more) co_return more.error();
    if (!*more) co_return greeting_.end_of_input();
    auto const used = greeting_.receive(program_.chunk());
    bool const all_used = used.has_value() && *used == program_.chunk().size();
    if (greeting_.request())
      record_.marks.set(model::mark::kProxyRequested, program_.arrival(all_used));
    if (used) program_.unread(program_.chunk().size() - *used);
    if (!greeting_.output().empty()) {
      auto const said = co_await say(model::mark::kProxyNegotiated);
      if (!said) co_return said;
    }
    if (!used) co_return used.error();
  }
  record_.host = greeting_.request()->address.host_text();
  record_.port = greeting_.request()->address.port;
  co_return Result<>{};
}

// Writes what the handshake has to say to the program.
Task<Result<>> ProxyRelay::say(std::string_view mark) {
  auto const output = greeting_.output();
  std::span<const std::byte> const bytes(output.data(), output.size());
  auto const written = co_await program_.write(bytes);
  if (!written) co_return written.error();
  greeting_.sent(bytes.size());
  record_.marks.set(mark, written->last.mark(program_trace_.clock));
  co_return Result<>{};
}

Task<Result<>> ProxyRelay::answer(wire::socks::ReplyCode code, wire::socks::Address bound) {
  greeting_.reply(code, bound);
  co_return co_await say(model::mark::kProxyReplied);
}

// As tor refused, or because it could not be asked.
Task<Result<>> ProxyRelay::refuse() {
  auto code = wire::socks::ReplyCode::kGeneralFailure;
  if (asking_ && asking_->reply()) code = asking_->reply()->code;
  co_return co_await answer(code);
}

// Until the SOCKS request is on its way to tor.
Task<Result<>> ProxyRelay::reach_tor() {
  wire::socks::ClientRequest request;
  request.host = record_.host;
  request.port = record_.port;
  request.user = settings_.username;
  if (!request.user.empty()) request.password = kPerfd;
  auto asking = wire::socks::ClientHandshake::create(request);
  if (!asking) co_return asking.error();
  asking_ = std::move(*asking);
  auto connected = co_await MeasuredSocket::connect(loop_, settings_.upstream, tor_trace_);
  if (!connected) co_return connected.error();
  tor_ = std::move(*connected);
  auto const& local = tor_trace_.local;
  if (!local.address.empty())
    record_.source_address = local.address + ":" + std::to_string(local.port);
  co_return co_await socks_ask(*tor_, *asking_, {}, tor_trace_);
}

Task<Result<>> ProxyRelay::await_reply() {
  deadline_ = runtime::mono_now() + settings_.reply_timeout;
  auto replied = co_await socks_await_reply(*tor_, *asking_, settings_.optimistic, tor_trace_);
  record_.socks_reply = tor_trace_.socks_reply;
  co_return replied;
}

Task<Result<>> ProxyRelay::pump(Way& way) {
  std::vector<std::byte> bytes;
  for (int turn = 1;; ++turn) {
    auto const more = co_await way.from->read();
    if (!more) {
      ended(way.source, more.error().message);
      co_return more.error();
    }
    if (!*more) break;
    // Tor's last data may wait for our acknowledgement of what came before it.
    way.from->acknowledge_now();
    auto const chunk = way.from->chunk();
    if (!way.first) way.first = way.from->arrival(chunk.size() == 1);
    way.last = way.from->arrival(true);
    if (&way == &up_ && record_.requests.size() < kMaxRequests)
      record_.requests.push_back({way.last->at, target_of(chunk)});
    // The next read of any socket of this thread uses the same buffer.
    bytes.assign(chunk.begin(), chunk.end());
    auto const written = co_await way.to->write(bytes);
    if (!written) {
      ended(way.sink, written.error().message);
      co_return written.error();
    }
    way.bytes += static_cast<std::int64_t>(bytes.size());
    if (&way == &up_ && !record_.socks_reply) record_.early_bytes = way.bytes;
    if (&way == &down_ || record_.socks_reply) moved();
    if (turn % kReadTurn == 0)
      co_await boost::asio::post(co_await boost::asio::this_coro::executor,
                                 boost::asio::use_awaitable_t<runtime::Executor>{});
  }
  ended(way.source, "");
  way.ended = true;
  moved();
  way.to->shutdown_send();
  co_return Result<>{};
}

// A way that breaks ends the other one.
Task<> ProxyRelay::carry(Way& way) {
  auto const pumped = co_await pump(way);
  if (pumped) co_return;
  program_.reset_on_close();
  program_.close();
  tor_->close();
}

// With optimistic data tor's reply is still to come.
Task<> ProxyRelay::carry_down() {
  if (!asking_->done()) {
    auto const replied = co_await await_reply();
    if (!replied) {
      ended(kServer, replied.error().message);
      program_.reset_on_close();
      program_.close();
      tor_->close();
      co_return;
    }
    moved();
  }
  co_await carry(down_);
}

Task<Result<>> ProxyRelay::relay() {
  namespace asio = boost::asio;
  up_ = {&program_, &*tor_, kProgram, kServer, 0, {}, {}, false};
  down_ = {&*tor_, &program_, kServer, kProgram, 0, {}, {}, false};
  auto const executor = co_await asio::this_coro::executor;
  auto [order, up, down] = co_await asio::experimental::make_parallel_group(
                               asio::co_spawn(executor, carry(up_), asio::deferred),
                               asio::co_spawn(executor, carry_down(), asio::deferred))
                               .async_wait(asio::experimental::wait_for_all(),
                                           asio::use_awaitable_t<runtime::Executor>{});
  // Whoever closed the sockets under a waiting way has told why.
  for (auto const& failure : {up, down})
    if (failure && !runtime::is_cancellation(failure)) std::rethrow_exception(failure);
  co_return Result<>{};
}

Task<Result<>> ProxyRelay::converse() {
  if (auto greeted = co_await greet(); !greeted) {
    ended(kProgram, greeted.error().message);
    co_return greeted;
  }
  if (greeting_.request()->command != wire::socks::Command::kConnect) {
    ended(kPerfd, "only CONNECT goes through the measuring proxy");
    co_return co_await answer(wire::socks::ReplyCode::kCommandNotSupported);
  }
  deadline_ = runtime::mono_now() + settings_.reply_timeout;
  if (settings_.optimistic) {
    if (auto told = co_await answer(wire::socks::ReplyCode::kSucceeded); !told) co_return told;
  }
  auto reached = co_await reach_tor();
  if (reached && !settings_.optimistic) reached = co_await await_reply();
  if (!reached) {
    ended(kServer, reached.error().message);
    if (settings_.optimistic)
      program_.reset_on_close();
    else
      (void)co_await refuse();
    co_return reached;
  }
  if (!settings_.optimistic) {
    auto const& bound = asking_->reply()->address;
    if (auto told = co_await answer(wire::socks::ReplyCode::kSucceeded, bound); !told)
      co_return told;
    moved();
  }
  co_return co_await relay();
}

Task<> ProxyRelay::run() {
  // The record keeps who ended it; an error has no other reader.
  auto const result = co_await converse();
  if (!result) ended(kPerfd, result.error().message);
}

model::ProxyConnection ProxyRelay::record() {
  ended(kPerfd, "");  // unless it was told before: the proxy was stopped
  program_.close();
  if (tor_) tor_->close();
  auto out = record_;
  for (auto const& entry : tor_trace_.marks.entries()) out.marks.set(entry.name, entry.mark);
  auto const set = [&](std::string_view name, std::optional<model::Mark> const& mark) {
    if (mark) out.marks.set(name, *mark);
  };
  set(model::mark::kUpFirst, up_.first);
  set(model::mark::kUpLast, up_.last);
  set(model::mark::kDownFirst, down_.first);
  set(model::mark::kDownLast, down_.last);
  out.marks.set(model::mark::kProxyClose, {tor_trace_.clock.now(), model::MarkSource::clock, {}});
  out.bytes_up = up_.bytes;
  out.bytes_down = down_.bytes;
  return out;
}

}  // namespace perfd::net
