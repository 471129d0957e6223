#include "net/support/wire_tap.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#include "base/text.h"

namespace perfd::net::test {
namespace {

// "GET /x HTTP/1.1\r\n…\r\n\r\n", taken off the front of `text` where it is there as a whole.
std::string take_target(std::string& text) {
  auto const end = text.find("\r\n\r\n");
  if (end == std::string::npos) return {};
  auto const words = split(std::string_view(text).substr(0, text.find("\r\n")), ' ');
  std::string target(words.size() == 3 ? words[1] : "no request line");
  text.erase(0, end + 4);
  return target;
}

runtime::Task<> tap_up(runtime::StreamSocket& from, runtime::StreamSocket& to,
                       TappedConnection& seen) {
  std::vector<std::byte> buffer(64 * 1024);
  std::string text;
  for (;;) {
    auto const n = co_await from.read_some(buffer);
    if (!n || *n == 0) break;
    auto const bytes = std::span<const std::byte>(buffer).first(*n);
    seen.bytes_up += static_cast<std::int64_t>(*n);
    text.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
    for (auto target = take_target(text); !target.empty(); target = take_target(text))
      seen.targets.push_back(std::move(target));
    if (!co_await to.send_all(bytes)) break;
  }
  to.shutdown_send();
}

runtime::Task<> tap_down(runtime::StreamSocket& from, runtime::StreamSocket& to,
                         TappedConnection& seen) {
  std::vector<std::byte> buffer(64 * 1024);
  for (;;) {
    auto const n = co_await from.read_some(buffer);
    if (!n || *n == 0) break;
    seen.bytes_down += static_cast<std::int64_t>(*n);
    if (!co_await to.send_all(std::span<const std::byte>(buffer).first(*n))) break;
  }
  to.shutdown_send();
}

}  // namespace

WireTap::WireTap(runtime::Loop& loop, runtime::Address server)
    : loop_(loop),
      server_(std::move(server)),
      peer_(loop, [this](runtime::StreamSocket client) { return serve(std::move(client)); }) {}

runtime::Task<> WireTap::serve(runtime::StreamSocket client) {
  auto& seen = connections_.emplace_back();
  auto upstream = runtime::StreamSocket::create(loop_, server_).value();
  if (!co_await upstream.connect(server_)) co_return;
  (void)client.set_no_delay();
  (void)upstream.set_no_delay();
  auto const executor = loop_.executor();
  co_await boost::asio::experimental::make_parallel_group(
      boost::asio::co_spawn(executor, tap_up(client, upstream, seen), boost::asio::deferred),
      boost::asio::co_spawn(executor, tap_down(upstream, client, seen), boost::asio::deferred))
      .async_wait(boost::asio::experimental::wait_for_all(),
                  boost::asio::use_awaitable_t<runtime::Executor>{});
}

}  // namespace perfd::net::test
