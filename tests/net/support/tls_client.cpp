#include "net/support/tls_client.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

#include "wire/bytes.h"

namespace perfd::net::test {
namespace {

class TlsClient {
 public:
  TlsClient(runtime::StreamSocket& socket, TlsAsk const& ask) : socket_(socket) {
    SSL_CTX_set_verify(context_.get(),
                       ask.authority_pem.empty() ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
    std::unique_ptr<BIO, decltype(&BIO_free)> const pem(
        BIO_new_mem_buf(ask.authority_pem.data(), static_cast<int>(ask.authority_pem.size())),
        BIO_free);
    std::unique_ptr<X509, decltype(&X509_free)> const authority(
        PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr), X509_free);
    if (authority) X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), authority.get());
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), in_, out_);
    SSL_set_connect_state(ssl_.get());
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), ask.name.c_str()) != 1)
      SSL_set1_host(ssl_.get(), ask.name.c_str());
    SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<unsigned char const*>(ask.alpn.data()),
                        static_cast<unsigned>(ask.alpn.size()));
    encrypted_.resize(ask.read_size);
    ERR_clear_error();
  }

  SSL* ssl() { return ssl_.get(); }

  runtime::Task<> handshake(TlsAnswer& answer) {
    for (;;) {
      int const result = SSL_do_handshake(ssl());
      co_await flush();
      if (result == 1) break;
      bool const more = SSL_get_error(ssl(), result) == SSL_ERROR_WANT_READ && co_await feed();
      if (more) continue;
      auto const* const why = ERR_reason_error_string(ERR_peek_last_error());
      answer.failure = why == nullptr ? "the server closed the connection" : why;
      co_return;
    }
    answer.version = SSL_get_version(ssl());
    unsigned char const* name = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(ssl(), &name, &length);
    answer.alpn.assign(reinterpret_cast<char const*>(name), length);
  }

  runtime::Task<> say(std::string_view text) {
    (void)SSL_write(ssl(), text.data(), static_cast<int>(text.size()));
    co_await flush();
  }

  runtime::Task<> listen(TlsAnswer& answer) {
    std::string plain(64 * 1024, '\0');
    for (;;) {
      int const n = SSL_read(ssl(), plain.data(), static_cast<int>(plain.size()));
      if (n > 0) {
        answer.text.append(plain, 0, static_cast<std::size_t>(n));
        continue;
      }
      int const error = SSL_get_error(ssl(), n);
      answer.ended = error == SSL_ERROR_ZERO_RETURN;
      bool const more = error == SSL_ERROR_WANT_READ && co_await feed();
      if (!more) break;
    }
    auto const* const session = SSL_get0_session(ssl());
    answer.resumable = session != nullptr && SSL_SESSION_is_resumable(session) == 1;
  }

 private:
  // Sends what OpenSSL has to say.
  runtime::Task<> flush() {
    char* data = nullptr;
    auto const size = BIO_get_mem_data(out_, &data);
    std::string const copy(data, static_cast<std::size_t>(size));
    (void)BIO_reset(out_);
    (void)co_await socket_.send_all(wire::as_bytes(copy));
  }
  // Gives it what came; false at the end.
  runtime::Task<bool> feed() {
    auto const n = co_await socket_.read_some(encrypted_);
    if (!n || *n == 0) co_return false;
    BIO_write(in_, encrypted_.data(), static_cast<int>(*n));
    co_return true;
  }

  runtime::StreamSocket& socket_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{SSL_CTX_new(TLS_client_method()),
                                                             SSL_CTX_free};
  BIO* in_ = BIO_new(BIO_s_mem());  // both belong to ssl_
  BIO* out_ = BIO_new(BIO_s_mem());
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
  std::vector<std::byte> encrypted_;
};

}  // namespace

runtime::Task<Result<TlsAnswer>> converse_tls(runtime::Loop& loop, runtime::Address server,
                                              TlsAsk ask) {
  auto socket = runtime::StreamSocket::create(loop, server);
  if (!socket) co_return socket.error();
  if (auto connected = co_await socket->connect(server); !connected) co_return connected.error();
  TlsClient client(*socket, ask);
  TlsAnswer answer;
  co_await client.handshake(answer);
  if (!answer.failure.empty()) co_return answer;
  std::string_view const text = ask.text;
  for (std::size_t at = 0; at < text.size(); at += ask.piece)
    co_await client.say(text.substr(at, ask.piece));
  co_await client.listen(answer);
  co_return answer;
}

TlsAnswer ask_tls(runtime::Loop& loop, runtime::Address server, TlsAsk ask) {
  return loop
      .run_until_done(runtime::with_deadline(runtime::mono_now() + std::chrono::seconds{30},
                                             converse_tls(loop, server, std::move(ask))))
      .value();
}

}  // namespace perfd::net::test
