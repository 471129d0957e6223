// A SOCKS 4, 4a and 5 proxy that really forwards, for tests and benches. It connects to
// numeric addresses only, so nothing is ever resolved.
// Thread: the loop's.
#pragma once

#include <optional>
#include <string>

#include "net/support/peer.h"
#include "wire/socks/server.h"

namespace perfd::net::test {

struct ProxyFaults {
  std::optional<int> refuse{};   // answers every request with this code
  bool garbage = false;          // speaks no SOCKS
  bool no_usernames = false;     // knows no method but "no authentication"
  bool drops_usernames = false;  // picks "no authentication" though it was not offered
  bool refuse_password = false;
  bool stall_method = false;                   // never answers the greeting
  bool stall_reply = false;                    // never answers the request
  bool close_method = false;                   // closes instead of answering the greeting
  bool reset_reply = false;                    // resets instead of answering the request
  bool cut_reply = false;                      // closes inside the reply
  std::optional<std::int64_t> reset_after{};   // bytes that were forwarded to the client
  std::optional<runtime::Address> upstream{};  // connects there, whatever was asked for
  std::string resolves_to = "192.0.2.7";       // answer of RESOLVE, or of RESOLVE_PTR as a name
};

class SocksProxy {
 public:
  explicit SocksProxy(runtime::Loop& loop, ProxyFaults faults = {},
                      runtime::Address const& where = any_port());
  [[nodiscard]] runtime::Address address() const { return peer_.address(); }
  // Of the last request that came whole.
  [[nodiscard]] wire::socks::ServerRequest const& last_request() const { return last_; }
  // The SOCKS 5 methods that the last client offered, as they stood on the wire.
  [[nodiscard]] std::string const& last_methods() const { return methods_; }

 private:
  runtime::Task<> serve(runtime::StreamSocket client);

  runtime::Loop& loop_;
  ProxyFaults faults_;
  wire::socks::ServerRequest last_;
  std::string methods_;
  Peer peer_;
};

}  // namespace perfd::net::test
