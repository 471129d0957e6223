#include "net/server_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>

#include "wire/http/head_writer.h"

namespace perfd::net {
namespace {

namespace http = wire::http;

// Enough for an upload at speed; requests are far smaller.
constexpr std::size_t kReadSize = 128 * 1024;
constexpr Nanos kLingerTime = std::chrono::seconds{2};

std::span<std::byte> shared_buffer() {
  static thread_local std::unique_ptr<std::byte[]> const buffer(new std::byte[kReadSize]);
  return {buffer.get(), kReadSize};
}

}  // namespace

ServerConnection::ServerConnection(ServerContext& context, runtime::Listener::Accepted accepted,
                                   runtime::TlsContext const* tls)
    : context_(context),
      socket_(std::move(accepted.socket)),
      tls_(tls == nullptr ? nullptr : std::make_unique<runtime::TlsStream>(*tls, socket_)),
      peer_(accepted.peer),
      accept_began_(accepted.called_at),
      accepted_at_(accepted.accepted_at) {
  // Answers are written whole, or with MSG_MORE: nothing is won by waiting for more.
  if (!peer_.is_unix()) (void)socket_.set_no_delay();
}

runtime::Task<> ServerConnection::serve() {
  if (tls_) {
    bool const secured = co_await secure();
    if (!secured) co_return;
  }
  // No await in a loop's condition: GCC 12 takes no notice of what stands before its `&&`, and
  // loses the coroutine's frame where the scope has no variable.
  while (keep_alive_) {
    if (!co_await read_head()) co_return;
    auto const request = parser_.take();
    ++context_.stats.requests;
    keep_alive_ = request.keep_alive;
    if (!co_await answer(request)) co_return;
  }
  if (linger_ || has_kept_)
    co_await linger();
  else if (tls_)
    tls_->send_close();
}

// The handshake, whose time runs from the first moment and is never prolonged.
runtime::Task<bool> ServerConnection::secure() {
  touch(context_.options.handshake_timeout);
  auto const done = co_await tls_->handshake();
  if (done) {
    secured_ = *done;
    drained_ = false;  // the request may have come together with the handshake's last message
    co_return true;
  }
  ++context_.stats.bad_handshakes;
  if (tls_->got_plain_http()) {
    // Somebody forgot the s, and their client can show this.
    (void)socket_.send_now(
        wire::as_bytes("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
                       "Content-Length: 32\r\nConnection: close\r\n\r\n"
                       "TLS is spoken here: use https:\r\n"));
    tls_.reset();
    co_await linger();
  }
  co_return false;
}

runtime::Task<bool> ServerConnection::read() {
  using Status = runtime::Received::Status;
  if (has_kept_) {
    has_kept_ = false;
    chunk_ = kept_;
    co_return true;
  }
  for (;;) {
    // A client that waits for its answer has sent nothing more: a try would be in vain.
    if (drained_) co_await socket_.readable();
    auto const received =
        tls_ ? tls_->receive_now(shared_buffer()) : socket_.receive_now(shared_buffer());
    if (!received || received->status == Status::end) co_return false;
    drained_ = received->drained;
    if (received->status != Status::data) continue;
    read_began_ = received->called_at;
    read_at_ = received->read_at;
    chunk_ = shared_buffer().first(received->bytes);
    co_return true;
  }
}

void ServerConnection::unread(std::size_t count) {
  if (count == 0) return;
  auto const rest = chunk_.last(count);
  // The chunk may be the kept bytes themselves.
  std::vector<std::byte> copy(rest.begin(), rest.end());
  kept_ = std::move(copy);
  has_kept_ = true;
}

runtime::Task<bool> ServerConnection::read_head() {
  touch(context_.options.idle_timeout);
  bool begun = false;
  while (!parser_.done()) {
    if (!co_await read()) co_return false;
    // The time-out of a head runs from its first byte and is never prolonged.
    if (!begun) touch(context_.options.head_timeout);
    begun = true;
    auto const used = parser_.receive(chunk_);
    if (!used) co_return co_await refuse(used.error());
    unread(chunk_.size() - *used);
  }
  co_return true;
}

// Answers what is not a request, and reads no further.
runtime::Task<bool> ServerConnection::refuse(Error error) {
  begin_transfer();
  http::RequestHead nothing;
  keep_alive_ = false;
  (void)co_await send_text(nothing, http::status_for(error), error.message);
  co_await linger();
  co_return false;
}

runtime::Task<bool> ServerConnection::answer(http::RequestHead const& request) {
  begin_transfer();
  auto const path = request.path();
  if (path.starts_with("/urandom/")) return answer_payload(*this, request);
  if (path == "/upload") return answer_upload(*this, request);
  if (path.starts_with("/page/")) return answer_page(*this, request);
  return answer_route(*this, request);
}

runtime::Task<bool> ServerConnection::send(std::span<const std::byte> bytes, bool more) {
  while (!bytes.empty()) {
    auto const sent = send_now(bytes, more);
    if (!sent) co_return false;
    bytes = bytes.subspan(*sent);
    if (*sent == 0) co_await wait_writable();
  }
  co_return true;
}

Result<std::size_t> ServerConnection::send_now(std::span<const std::byte> bytes, bool more) {
  return tls_ ? tls_->send_now(bytes, more) : socket_.send_now(bytes, more);
}

Result<std::size_t> ServerConnection::send_now(std::span<std::span<const std::byte> const> parts) {
  if (!tls_) return socket_.send_now(parts);
  std::size_t left = 0;
  for (auto const part : parts) left += part.size();
  std::size_t taken = 0;
  for (auto const part : parts) {
    left -= part.size();
    auto const sent = tls_->send_now(part, left > 0);
    if (!sent) return sent.error();
    taken += *sent;
    if (*sent < part.size()) break;
  }
  return taken;
}

runtime::Task<> ServerConnection::wait_writable() {
  note_progress();
  co_await socket_.writable();
}

void ServerConnection::begin_transfer() {
  auto const now = runtime::mono_now();
  transfer_end_ = now + context_.options.transfer_timeout;
  deadline_ = std::min(now + context_.options.stall_timeout, transfer_end_);
}

void ServerConnection::note_progress() {
  touch(context_.options.stall_timeout);
  deadline_ = std::min(deadline_, transfer_end_);
}

void ServerConnection::wait_unbounded() { deadline_ = MonoTime::max(); }

runtime::Task<bool> ServerConnection::send_text(http::RequestHead const& request, int status,
                                                std::string_view text,
                                                std::string_view extra_fields) {
  if (status >= 400) ++context_.stats.refused;
  // A body that nobody will read must not be taken for the next request.
  if (request.framing.kind != http::Framing::Kind::kNone) {
    keep_alive_ = false;
    linger_ = true;
  }
  auto& out = scratch();
  http::HeadWriter(out).response(status).field("Content-Type", "text/plain; charset=utf-8");
  fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", text.size() + 1);
  out += extra_fields;
  common_fields(out, request);
  out += "\r\n";
  if (request.method != http::Method::kHead) {
    out += text;
    out += '\n';
  }
  co_return co_await send(wire::as_bytes(out));
}

void ServerConnection::common_fields(std::string& out, http::RequestHead const& request) const {
  out += context_.date(read_at_);
  if (!keep_alive_)
    out += "Connection: close\r\n";
  else if (request.minor_version == 0)
    out += "Connection: keep-alive\r\n";
}

std::string& ServerConnection::scratch() {
  scratch_.clear();
  return scratch_;
}

// A close with unread bytes in the queue would send a reset, which can overtake the answer:
// so the end is announced, and what comes is dropped for a little while.
runtime::Task<> ServerConnection::linger() {
  if (tls_) tls_->send_close();
  socket_.shutdown_send();
  touch(kLingerTime);
  bool more = true;
  while (more) more = co_await read();
}

}  // namespace perfd::net
