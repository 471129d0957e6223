// The client's side of a SOCKS 4, 4a or 5 handshake: bytes in, bytes and phases out.
//
// The caller drives it and takes its marks at the changes of phase:
//
//   auto handshake = ClientHandshake::create(request);       // Result: lengths, literals
//   while (!handshake.done()) {
//     if (auto out = handshake.output(); !out.empty()) {
//       write(out);                                           // all or a part of it
//       handshake.sent(n);
//     } else {
//       auto used = handshake.receive(buffered);              // Result<size_t>
//       drop(*used);
//     }
//   }
//
// NEGOTIATE is the moment when phase() becomes kSendRequest (at once for SOCKS 4, which
// negotiates nothing), REQUEST when it leaves kSendRequest, RESPONSE when reply() is there.
//
// Optimistic data: in kSendRequest the caller may write the payload right behind output(),
// even in one write, before the reply arrives. Bytes behind the reply are payload: receive()
// never consumes them.
//
// Bounds: at most 262 bytes are kept. Thread: any one at a time. Ownership: keeps copies.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "wire/bytes.h"
#include "wire/socks/error.h"
#include "wire/socks/types.h"

namespace perfd::wire::socks {

struct ClientRequest {
  Version version = Version::kSocks5;
  Command command = Command::kConnect;
  std::string host;  // a name or an IP literal; SOCKS 4 takes only an IPv4 literal
  std::uint16_t port = 0;
  // SOCKS 5: user name and password are offered where `user` is not empty.
  // SOCKS 4: the user id; there `password` must be empty.
  std::string user;
  std::string password;
  // SOCKS 5 with a user: offer nothing but user name and password, so that a proxy cannot drop
  // the isolation that the name asks for. False: also offer "no authentication", for proxies
  // that know no names; tor then still picks the name unless told PreferSOCKSNoAuth.
  bool require_auth = true;
};

struct Reply {
  ReplyCode code = ReplyCode::kGeneralFailure;
  Address address;  // what was bound, or the answer of RESOLVE and RESOLVE_PTR
};

class ClientHandshake {
 public:
  enum class Phase : std::uint8_t {
    kSendMethods,
    kAwaitMethod,
    kSendAuth,
    kAwaitAuth,
    kSendRequest,
    kAwaitReply,
    kDone,
    kFailed,
  };

  // Error kBadRequest: a name too long or with bytes that do not belong there, SOCKS 4 with a
  // name, RESOLVE_PTR without an address or with SOCKS 4.
  [[nodiscard]] static Result<ClientHandshake> create(ClientRequest const& request);

  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] bool done() const { return phase_ == Phase::kDone; }

  // What must be written next; empty while the peer has to speak. Valid until sent() or receive().
  [[nodiscard]] ByteView output() const;
  // `count` bytes of output() have been written.
  void sent(std::size_t count);

  // Takes what the peer sent; returns how many bytes of `input` belong to the handshake and were
  // consumed. It stops where the client has to speak or the reply ends: what is left over before
  // done() must be offered again after output() was written, and after done() it is payload.
  // Errors: kProtocolViolation, kMethodRefused, kAuthRefused, kRejected. After kRejected the reply
  // is complete and reply() has code and address. After an error the handshake is over (kFailed).
  [[nodiscard]] Result<std::size_t> receive(ByteView input);

  // The peer closed the connection before done(): kRejected if the reply's code had already come
  // and is not success (some proxies send no more), else kTruncated.
  [[nodiscard]] Error end_of_input();

  // The reply, once complete; also after kRejected.
  [[nodiscard]] std::optional<Reply> const& reply() const { return reply_; }
  // User name and password were asked for and accepted (SOCKS 5).
  [[nodiscard]] bool authenticated() const { return authenticated_; }

 private:
  explicit ClientHandshake(ClientRequest const& request);

  void enter(Phase phase);
  Result<void> take_method();
  Result<void> take_auth();
  Result<void> take_reply();
  std::size_t needed() const;  // bytes of the current message, as far as known
  Error fail(Errc code, std::string message);

  Version version_;
  std::vector<std::byte> methods_, auth_, request_;  // made once by create()
  std::size_t sent_ = 0;                             // of the current phase's output
  std::array<std::byte, 4 + 1 + kMaxName + 2> input_{};
  std::size_t have_ = 0;
  Phase phase_ = Phase::kSendMethods;
  bool authenticated_ = false;
  std::optional<Reply> reply_;
};

}  // namespace perfd::wire::socks
