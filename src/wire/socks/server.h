// The server's side of a SOCKS 4, 4a or 5 handshake, for proxies that measure or test.
//
//   ServerHandshake handshake(options);
//   while (!handshake.request()) {
//     auto used = handshake.receive(buffered);   // on error: write output(), then close
//     drop(*used); write(handshake.output()); handshake.sent(n);
//   }
//   … connect …
//   handshake.reply(ReplyCode::kSucceeded, bound);  write(handshake.output());
//
// Bytes behind the request are the client's early data: receive() never consumes them.
// Bounds: one message, at most 600 bytes, is kept. Thread: any one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/bytes.h"
#include "wire/socks/error.h"
#include "wire/socks/types.h"

namespace perfd::wire::socks {

struct ServerRequest {
  Version version = Version::kSocks5;
  Command command = Command::kConnect;
  Address address;
  std::string user;      // SOCKS 5 user name or SOCKS 4 user id; empty where none was given
  std::string password;  // SOCKS 5
};

struct ServerOptions {
  enum class Auth : std::uint8_t {
    kNone,      // user name and password are not offered
    kOptional,  // taken where the client offers them, as tor does
    kRequired,  // SOCKS 5 without them is refused, SOCKS 4 too unless it has a user id
  };
  Auth auth = Auth::kOptional;
  // Judges SOCKS 5 user name and password; empty: all are welcome.
  std::function<bool(std::string_view user, std::string_view password)> accept;
};

class ServerHandshake {
 public:
  explicit ServerHandshake(ServerOptions options = {});

  // Consumes what belongs to the handshake and returns its length. Stops after the request, and
  // takes nothing after it. Errors: kProtocolViolation, kMethodRefused, kAuthRefused, kRejected
  // (kRequired and SOCKS 4 without a user id), kUnsupportedCommand, kUnsupportedAddress; output()
  // then has the refusal that the protocol knows, if any.
  [[nodiscard]] Result<std::size_t> receive(ByteView input);
  // The client closed the connection before request() was there.
  [[nodiscard]] Error end_of_input() const;

  [[nodiscard]] std::optional<ServerRequest> const& request() const { return request_; }

  // Bytes to be written; grows with receive() and reply(). Valid until the next call of those.
  [[nodiscard]] ByteView output() const;
  void sent(std::size_t count);

  // Answers request(), once, in the client's version. `code` is one of SOCKS 5's; for a SOCKS 4
  // client it becomes 5A or 5B. A name, or an IPv6 address for SOCKS 4, is written as 0.0.0.0
  // there. Throws std::logic_error without a request or when called twice.
  void reply(ReplyCode code, Address const& address = {});

 private:
  enum class State : std::uint8_t { kVersion, kSocks4, kMethods, kAuth, kRequest, kDone, kFailed };

  Result<void> step();  // judges input_ after each byte
  Result<void> take_socks4();
  Result<void> take_methods();
  Result<void> take_auth();
  Result<void> take_request();
  Error refuse(Errc code, std::string message, std::string_view answer);

  ServerOptions options_;
  State state_ = State::kVersion;
  std::vector<std::byte> input_;  // the message that is being read
  std::vector<std::byte> output_;
  std::size_t sent_ = 0;
  std::string user_, password_;
  std::optional<ServerRequest> request_;
  bool replied_ = false;
};

}  // namespace perfd::wire::socks
