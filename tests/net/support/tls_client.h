// A TLS client by OpenSSL with memory BIOs, for tests of the server's side: none of its code is
// perfd's. Thread: the loop's.
#pragma once

#include <string>

#include "net/support/raw_client.h"

namespace perfd::net::test {

struct TlsAsk {
  std::string text;                   // said behind the handshake
  std::string authority_pem{};        // trusted; empty: the certificate is not looked at
  std::string name = "perfd.test";    // that the certificate must be for; may be an address
  std::string alpn = "\x08http/1.1";  // as on the wire; empty: not offered
  std::size_t piece = 65536;          // plain bytes a write
  std::size_t read_size = 65536;      // encrypted bytes a read
};
struct TlsAnswer {
  std::string text;
  std::string failure;  // of the handshake, in OpenSSL's words; empty: it succeeded
  std::string version;
  std::string alpn;
  bool ended = false;      // by close_notify
  bool resumable = false;  // the server gave something to resume the session with
};
// Reads until the server ends, so the last request should ask for that.
runtime::Task<Result<TlsAnswer>> converse_tls(runtime::Loop& loop, runtime::Address server,
                                              TlsAsk ask);
// The same, on a loop that nobody runs. Throws when it takes longer than any test may.
TlsAnswer ask_tls(runtime::Loop& loop, runtime::Address server, TlsAsk ask);

}  // namespace perfd::net::test
