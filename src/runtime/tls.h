// The server's side of TLS over a stream socket, by OpenSSL.
//
// TLS 1.2 and 1.3, ALPN "http/1.1". Sessions are never resumed: a measurement must not depend on
// the ones before it, so every connection makes the whole handshake.
// OpenSSL reads and writes through the socket's own calls. It keeps one record of at most 16 KiB
// each way, and gives the memory back when a connection rests.
// Thread: a context any, a stream its loop's.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/socket.h"

struct ssl_ctx_st;

namespace perfd::runtime {

// Certificate and key of a server; copies share them.
class TlsContext {
 public:
  // PEM: the certificate with those that sign it behind it, and its key, which must fit.
  [[nodiscard]] static Result<TlsContext> create(std::string_view certificate_pem,
                                                 std::string_view key_pem);
  // From when on clients refuse the certificate.
  [[nodiscard]] WallTime expires() const;

 private:
  friend class TlsStream;
  explicit TlsContext(std::shared_ptr<ssl_ctx_st> context) : context_(std::move(context)) {}
  std::shared_ptr<ssl_ctx_st> context_;
};

class TlsStream {
 public:
  // Refers to the socket, which stays where it is and is used by nobody else for data.
  TlsStream(TlsContext const& context, StreamSocket& socket);
  ~TlsStream();
  TlsStream(TlsStream const&) = delete;
  TlsStream& operator=(TlsStream const&) = delete;

  // The moments before and after the call that completed the handshake.
  struct Secured {
    MonoTime called_at;
    MonoTime done_at;
  };
  // Waits as long as the client takes: use a deadline. An error also for what is not TLS; the
  // client has then been told by an alert where there is one for it.
  Task<Result<Secured>> handshake();
  // Whether the client sent an HTTP request in plain text, once the handshake has failed.
  [[nodiscard]] bool got_plain_http() const;

  // As StreamSocket's calls of the same names. After less than `drained`, or less than it was
  // given, wait for the socket. Received data has no stamp: a record may be many segments.
  [[nodiscard]] Result<Received> receive_now(std::span<std::byte> into);
  // REQUIRES: after a call that took less than all, the next call begins with the rest.
  [[nodiscard]] Result<std::size_t> send_now(std::span<const std::byte> bytes, bool more = false);
  // Tells the client that nothing more follows (close_notify), if there is room for it now.
  void send_close();

  [[nodiscard]] std::string version() const;  // "TLSv1.3"

 private:
  struct Session;
  std::unique_ptr<Session> session_;
};

}  // namespace perfd::runtime
