#include "browser/support/fake_bidi.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>

namespace perfd::browser::test {
namespace {

std::string accept_of(std::string_view key) {
  auto const text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<unsigned char const*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 32> encoded{};
  EVP_EncodeBlock(encoded.data(), digest.data(), digest.size());
  return reinterpret_cast<char const*>(encoded.data());
}

runtime::Task<std::string> read_bytes(runtime::StreamSocket& socket, std::size_t count) {
  std::string out(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    auto const n = co_await socket.read_some(std::as_writable_bytes(std::span(out).subspan(have)));
    if (!n || *n == 0) co_return std::string{};
    have += *n;
  }
  co_return out;
}

}  // namespace

std::string text_frame(std::string_view text) {
  std::string out("\x81");
  auto const append = [&](int bytes) {
    for (int i = bytes - 1; i >= 0; --i)
      out.push_back(static_cast<char>((text.size() >> (8 * i)) & 0xff));
  };
  if (text.size() < 126) {
    append(1);
  } else if (text.size() < 65536) {
    out.push_back(126);
    append(2);
  } else {
    out.push_back(127);
    append(8);
  }
  out.append(text);
  return out;
}

runtime::Task<std::string> FakeSession::receive() {
  auto const head = co_await read_bytes(socket_, 2);
  if (head.empty() || (head[0] & 0x0f) != 1) co_return std::string{};
  std::size_t size = static_cast<unsigned char>(head[1]) & 0x7f;
  if (size >= 126) {
    auto const more = co_await read_bytes(socket_, size == 126 ? 2 : 8);
    size = 0;
    for (char const c : more) size = size << 8 | static_cast<unsigned char>(c);
  }
  auto const mask = co_await read_bytes(socket_, 4);
  auto text = co_await read_bytes(socket_, size);
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(text[i] ^ mask[i % 4]);
  co_return text;
}

runtime::Task<> FakeSession::send(std::string text) { return send_bytes(text_frame(text)); }

FakeBidi::FakeBidi(runtime::Loop& loop, runtime::Address const& where, Script script)
    : script_(std::move(script)),
      peer_(
          loop, [this](runtime::StreamSocket client) { return serve(std::move(client)); }, where) {}

runtime::Task<> FakeBidi::serve(runtime::StreamSocket client) {
  request_ = co_await net::test::read_until(client, "\r\n\r\n");
  std::string const name = "Sec-WebSocket-Key: ";
  auto const place = request_.find(name) + name.size();
  auto const key = request_.substr(place, request_.find('\r', place) - place);
  co_await net::test::send_text(client,
                                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                "Connection: Upgrade\r\nSec-WebSocket-Accept: " +
                                    accept_of(key) + "\r\n\r\n");
  FakeSession const session(client);
  co_await script_(session);
}

}  // namespace perfd::browser::test
