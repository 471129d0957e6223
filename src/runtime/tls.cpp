#include "runtime/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <climits>
#include <ctime>

#include "runtime/clock.h"

namespace perfd::runtime {
namespace {

constexpr std::size_t kRecord = 16 * 1024;  // payload of one at most (RFC 8446 section 5.1)

struct FreeBio {
  void operator()(BIO* bio) const { ::BIO_free(bio); }
};
struct FreeX509 {
  void operator()(X509* certificate) const { ::X509_free(certificate); }
};
struct FreePkey {
  void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
};
using PemReader = std::unique_ptr<BIO, FreeBio>;

PemReader reader_of(std::string_view pem) {
  return PemReader(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// What OpenSSL last complained about, without its codes.
Error tls_error(std::string what) {
  auto const code = ::ERR_peek_last_error();
  ::ERR_clear_error();
  auto const* const reason = code == 0 ? nullptr : ::ERR_reason_error_string(code);
  return Error{std::move(what) + ": " + (reason == nullptr ? "unknown cause" : reason),
               make_error_code(boost::system::errc::protocol_error)};
}

// HTTP/1.1 is what the server speaks; a client that offers only others may still try it.
int choose_http(SSL* /*ssl*/, unsigned char const** chosen, unsigned char* length,
                unsigned char const* offered, unsigned offered_length, void* /*unused*/) {
  static constexpr unsigned char kHttp[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  auto const result =
      ::SSL_select_next_proto(&found, length, kHttp, sizeof kHttp - 1, offered, offered_length);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

Result<> load_chain(SSL_CTX* context, std::string_view pem) {
  auto const reader = reader_of(pem);
  std::unique_ptr<X509, FreeX509> const own(
      ::PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr));
  if (!own || ::SSL_CTX_use_certificate(context, own.get()) != 1)
    return tls_error("read the certificate");
  for (;;) {
    auto* const further = ::PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr);
    if (further == nullptr) break;
    if (::SSL_CTX_add0_chain_cert(context, further) != 1) {
      ::X509_free(further);
      return tls_error("add a signer's certificate");
    }
  }
  ::ERR_clear_error();  // the end of the text is an error to the reader
  return {};
}

}  // namespace

Result<TlsContext> TlsContext::create(std::string_view certificate_pem, std::string_view key_pem) {
  std::shared_ptr<SSL_CTX> const context(::SSL_CTX_new(::TLS_server_method()), ::SSL_CTX_free);
  if (!context || ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1)
    return tls_error("prepare TLS");
  ::SSL_CTX_set_options(
      context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
  ::SSL_CTX_set_num_tickets(context.get(), 0);
  ::SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  ::SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);
  ::SSL_CTX_set_alpn_select_cb(context.get(), choose_http, nullptr);
  if (auto ok = load_chain(context.get(), certificate_pem); !ok) return ok.error();
  auto const reader = reader_of(key_pem);
  std::unique_ptr<EVP_PKEY, FreePkey> const key(
      ::PEM_read_bio_PrivateKey(reader.get(), nullptr, nullptr, nullptr));
  if (!key || ::SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1 ||
      ::SSL_CTX_check_private_key(context.get()) != 1)
    return tls_error("read the certificate's key");
  return TlsContext(context);
}

WallTime TlsContext::expires() const {
  auto const* const certificate = ::SSL_CTX_get0_certificate(context_.get());
  std::tm end{};
  if (certificate == nullptr || ::ASN1_TIME_to_tm(::X509_get0_notAfter(certificate), &end) != 1)
    return {};
  return WallTime{std::chrono::seconds{::timegm(&end)}};
}

// What stands between OpenSSL and the socket.
struct TlsStream::Session {
  explicit Session(StreamSocket& transport) : socket(transport) {}
  ~Session() { ::SSL_free(ssl); }
  Session(Session const&) = delete;
  Session& operator=(Session const&) = delete;

  static BIO_METHOD const* transport();
  static int write(BIO* bio, char const* data, int count);
  static int read(BIO* bio, char* data, int count);
  static long control(BIO* bio, int command, long number, void* pointer);

  // Of a call that returned no success: what to do about it.
  enum class Next { wait_readable, wait_writable, end, failed };
  Next next(int result);
  Error failure(std::string what);

  StreamSocket& socket;
  SSL* ssl = nullptr;
  std::optional<Error> socket_error{};
  bool more = false;   // of the write that OpenSSL makes now
  bool ended = false;  // the socket's stream is at its end
  bool broken = false;
  bool plain_http = false;
};

BIO_METHOD const* TlsStream::Session::transport() {
  static BIO_METHOD const* const method = [] {
    auto* const made = ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "perfd socket");
    ::BIO_meth_set_write(made, write);
    ::BIO_meth_set_read(made, read);
    ::BIO_meth_set_ctrl(made, control);
    return made;
  }();
  return method;
}

int TlsStream::Session::write(BIO* bio, char const* data, int count) {
  auto& self = *static_cast<Session*>(::BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  auto const sent = self.socket.send_now(
      {reinterpret_cast<std::byte const*>(data), static_cast<std::size_t>(count)}, self.more);
  if (!sent) {
    self.socket_error = sent.error();
    return -1;
  }
  if (*sent > 0) return static_cast<int>(*sent);
  BIO_set_retry_write(bio);
  return -1;
}

int TlsStream::Session::read(BIO* bio, char* data, int count) {
  auto& self = *static_cast<Session*>(::BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  auto const received = self.socket.receive_now(
      {reinterpret_cast<std::byte*>(data), static_cast<std::size_t>(count)});
  if (!received) {
    self.socket_error = received.error();
    return -1;
  }
  switch (received->status) {
    case Received::Status::data:
      return static_cast<int>(received->bytes);
    case Received::Status::end:
      self.ended = true;
      return 0;
    case Received::Status::would_block:
      break;
  }
  BIO_set_retry_read(bio);
  return -1;
}

long TlsStream::Session::control(BIO* bio, int command, long /*number*/, void* /*pointer*/) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return static_cast<Session*>(::BIO_get_data(bio))->ended ? 1 : 0;
  return 0;
}

TlsStream::Session::Next TlsStream::Session::next(int result) {
  switch (::SSL_get_error(ssl, result)) {
    case SSL_ERROR_WANT_READ:
      return Next::wait_readable;
    case SSL_ERROR_WANT_WRITE:
      return Next::wait_writable;
    case SSL_ERROR_ZERO_RETURN:
      return Next::end;
    default:
      broken = true;
      // Without a close_notify: a client that just closes is one that has gone.
      if (ended) return Next::end;
      plain_http = ERR_GET_REASON(::ERR_peek_last_error()) == SSL_R_HTTP_REQUEST;
      return Next::failed;
  }
}

Error TlsStream::Session::failure(std::string what) {
  if (!socket_error) return tls_error(std::move(what));
  ::ERR_clear_error();
  return {std::move(what) + ": " + socket_error->message, socket_error->code};
}

TlsStream::TlsStream(TlsContext const& context, StreamSocket& socket)
    : session_(std::make_unique<Session>(socket)) {
  auto* const bio = ::BIO_new(Session::transport());
  session_->ssl = ::SSL_new(context.context_.get());
  if (bio == nullptr || session_->ssl == nullptr) {
    ::BIO_free(bio);
    throw std::bad_alloc();
  }
  ::BIO_set_data(bio, session_.get());
  ::BIO_set_init(bio, 1);
  ::SSL_set_bio(session_->ssl, bio, bio);
  ::SSL_set_accept_state(session_->ssl);
}

TlsStream::~TlsStream() = default;

Task<Result<TlsStream::Secured>> TlsStream::handshake() {
  using Next = Session::Next;
  for (;;) {
    ::ERR_clear_error();
    auto const called_at = mono_now();
    int const result = ::SSL_do_handshake(session_->ssl);
    if (result == 1) {
      Secured const done{called_at, mono_now()};
      co_return done;
    }
    auto const next = session_->next(result);
    if (next == Next::wait_readable)
      co_await session_->socket.readable();
    else if (next == Next::wait_writable)
      co_await session_->socket.writable();
    else if (next == Next::end)
      co_return Error{"TLS handshake: the client closed the connection",
                      make_error_code(boost::system::errc::connection_aborted)};
    else
      co_return session_->failure("TLS handshake");
  }
}

bool TlsStream::got_plain_http() const { return session_->plain_http; }

Result<Received> TlsStream::receive_now(std::span<std::byte> into) {
  Received out;
  out.called_at = mono_now();
  // Up to where the socket has nothing more, so that waiting for it is right afterwards.
  while (out.bytes < into.size()) {
    auto const room = std::min<std::size_t>(into.size() - out.bytes, INT_MAX);
    ::ERR_clear_error();
    int const result = ::SSL_read(session_->ssl, into.data() + out.bytes, static_cast<int>(room));
    if (result > 0) {
      out.bytes += static_cast<std::size_t>(result);
      continue;
    }
    auto const next = session_->next(result);
    // An end or a failure behind data is found again by the next call.
    if (next == Session::Next::end) {
      if (out.bytes == 0) out.status = Received::Status::end;
    } else if (next == Session::Next::failed) {
      if (out.bytes == 0) return session_->failure("receive over TLS");
    } else {
      out.drained = true;
    }
    break;
  }
  if (out.bytes > 0) out.status = Received::Status::data;
  out.read_at = mono_now();
  return out;
}

Result<std::size_t> TlsStream::send_now(std::span<const std::byte> bytes, bool more) {
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    auto const rest = std::min<std::size_t>(bytes.size() - taken, INT_MAX);
    session_->more = more || rest > kRecord;
    ::ERR_clear_error();
    int const result = ::SSL_write(session_->ssl, bytes.data() + taken, static_cast<int>(rest));
    session_->more = false;
    if (result > 0) {
      taken += static_cast<std::size_t>(result);
      continue;
    }
    auto const next = session_->next(result);
    if (next == Session::Next::wait_writable || next == Session::Next::wait_readable) break;
    return session_->failure("send over TLS");
  }
  return taken;
}

void TlsStream::send_close() {
  // Behind a failure nothing may follow any more.
  if (!session_->broken && ::SSL_is_init_finished(session_->ssl) == 1)
    (void)::SSL_shutdown(session_->ssl);
  ::ERR_clear_error();
}

std::string TlsStream::version() const { return ::SSL_get_version(session_->ssl); }

}  // namespace perfd::runtime
