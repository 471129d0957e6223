#include "net/support/fault_server.h"

#include <fmt/format.h>

#include "base/text.h"
#include "net/payload.h"

namespace perfd::net::test {
namespace {

constexpr PayloadTag kTag{0x1234567890abcdef, 4096 - 64, 4096};

std::int64_t asked_for(std::string const& request) {
  auto const begin = request.find("/urandom/");
  if (begin == request.npos) return 0;
  auto const text = std::string_view(request).substr(begin + 9);
  return parse_int<std::int64_t>(text.substr(0, text.find(' '))).value_or(0);
}

std::string payload(std::int64_t size) {
  auto const block = payload_block(kTag.seed, kTag.block)->bytes();
  std::string out;
  for (auto at = kTag.offset; static_cast<std::int64_t>(out.size()) < size;
       at = (at + 1) % kTag.block)
    out += static_cast<char>(block[at]);
  return out;
}

std::string head(Fault fault, std::int64_t size) {
  if (fault == Fault::status_500)
    return "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";
  std::string out = "HTTP/1.1 200 OK\r\n";
  if (fault != Fault::no_tag) out += fmt::format("{}: {}\r\n", kPayloadField, kTag.text());
  if (fault == Fault::chunked)
    out += "Transfer-Encoding: chunked\r\n";
  else if (fault != Fault::until_close)
    out += fmt::format("Content-Length: {}\r\n", fault == Fault::wrong_length ? size + 1 : size);
  return out + "\r\n";
}

runtime::Task<> send_payload(runtime::StreamSocket& socket, Fault fault, std::int64_t size) {
  auto body = payload(size);
  if (fault == Fault::corrupt) body[body.size() / 2] ^= 0x10;
  if (fault == Fault::chunked) {
    auto const half = body.size() / 2;
    body = fmt::format("{:x}\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n", half, body.substr(0, half),
                       body.size() - half, body.substr(half));
  }
  if (fault == Fault::truncate || fault == Fault::reset_payload || fault == Fault::stall_payload)
    body.resize(body.size() / 2);
  co_await send_text(socket, std::move(body));
}

runtime::Task<> serve(runtime::StreamSocket socket, Fault fault) {
  auto const size = asked_for(co_await read_until(socket, "\r\n\r\n"));
  switch (fault) {
    case Fault::refuse_head:
      co_return;
    case Fault::cut_head:
      co_await send_text(socket, "HTTP/1.1 200 OK\r\nContent-");
      co_return;
    case Fault::reset_head:
      socket.reset_on_close();
      co_return;
    case Fault::stall_head:
      co_await drain(socket);
      co_return;
    case Fault::garbage:
      co_await send_text(socket, "\x16\x03\x01 this is no HTTP\r\n\r\n");
      co_return;
    case Fault::huge_head:
      co_await send_text(socket, "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'));
      co_await drain(socket);
      co_return;
    default:
      break;
  }
  co_await send_text(socket, head(fault, size));
  if (fault != Fault::status_500) co_await send_payload(socket, fault, size);
  if (fault == Fault::reset_payload) {
    // A reset overtakes nothing on loopback, but it drops what the peer has not read yet.
    socket.reset_on_close();
    co_return;
  }
  bool const closes =
      fault == Fault::truncate || fault == Fault::close_after || fault == Fault::until_close;
  if (!closes) co_await drain(socket);
}

}  // namespace

FaultServer::FaultServer(runtime::Loop& loop, Fault fault, runtime::Address const& where)
    : peer_(
          loop, [fault](runtime::StreamSocket socket) { return serve(std::move(socket), fault); },
          where) {}

}  // namespace perfd::net::test
