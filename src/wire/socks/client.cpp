#include "wire/socks/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/text.h"
#include "wire/socks/layout.h"

namespace perfd::wire::socks {

using namespace layout;

namespace {

std::vector<std::byte> methods_message(ClientRequest const& request) {
  std::vector<std::byte> out;
  put(out, 5);
  if (request.user.empty()) {
    put(out, 1);
    put(out, kNoAuth);
  } else if (request.require_auth) {
    put(out, 1);
    put(out, kUserPassword);
  } else {
    put(out, 2);
    put(out, kNoAuth);
    put(out, kUserPassword);
  }
  return out;
}

std::vector<std::byte> auth_message(ClientRequest const& request) {
  std::vector<std::byte> out;
  put(out, kAuthVersion);
  put_counted(out, request.user);
  put_counted(out, request.password);
  return out;
}

Address address_of(ClientRequest const& request) {
  Address address{request.host, request.port};
  if (auto const ip = parse_ip(request.host)) address.host = *ip;
  return address;
}

std::vector<std::byte> request_message5(ClientRequest const& request) {
  std::vector<std::byte> out;
  put(out, 5);
  put(out, static_cast<std::uint8_t>(request.command));
  put(out, 0);
  put_address(out, address_of(request));
  return out;
}

std::vector<std::byte> request_message4(ClientRequest const& request) {
  auto const address = address_of(request);
  auto const* ip = address.ip();
  bool const by_name = !ip || ip->v6;
  std::vector<std::byte> out;
  put(out, 4);
  put(out, static_cast<std::uint8_t>(request.command));
  put_port(out, request.port);
  // 4a: an impossible address announces the name behind the user id.
  put(out, by_name ? IpAddress::v4_from({0, 0, 0, 1}).bytes() : ip->bytes());
  put(out, as_bytes(request.user));
  put(out, 0);
  if (by_name) {
    put(out, as_bytes(address.host_text()));
    put(out, 0);
  }
  return out;
}

Result<void> check(ClientRequest const& request) {
  auto const bad = [](std::string message) {
    return make_error(Errc::kBadRequest, std::move(message));
  };
  auto const ip = parse_ip(request.host);
  if (!ip && !is_host_name(request.host))
    return bad(fmt::format("\"{}\" is no host name for SOCKS: 1 to 255 printable bytes are",
                           printable(request.host, 80)));
  if (request.user.size() > kMaxUser) return bad("SOCKS user name is longer than 255 bytes");
  if (request.password.size() > kMaxPassword) return bad("SOCKS password is longer than 255 bytes");
  if (request.user.empty() && !request.password.empty())
    return bad("SOCKS password without a user name");
  if (request.version == Version::kSocks5) {
    if (request.command == Command::kResolvePtr && !ip)
      return bad("RESOLVE_PTR asks for the name of an IP address, not of a name");
    return {};
  }
  if (!request.password.empty()) return bad("SOCKS 4 knows a user id, but no password");
  if (request.user.find('\0') != std::string::npos) return bad("SOCKS 4 user id with a NUL byte");
  if (request.command == Command::kResolvePtr) return bad("RESOLVE_PTR needs SOCKS 5");
  if (request.version == Version::kSocks4 && (!ip || ip->v6))
    return bad("SOCKS 4 takes only IPv4 addresses; names need SOCKS 4a or 5");
  // 0.0.0.x with x > 0 would be read as 4a's announcement of a name.
  if (ip && !ip->v6 && ip->octets[0] == 0 && ip->octets[1] == 0 && ip->octets[2] == 0 &&
      ip->octets[3] != 0)
    return bad("SOCKS 4 cannot ask for an address in 0.0.0.0/24");
  return {};
}

}  // namespace

Result<ClientHandshake> ClientHandshake::create(ClientRequest const& request) {
  if (auto ok = check(request); !ok) return ok.error();
  return ClientHandshake(request);
}

ClientHandshake::ClientHandshake(ClientRequest const& request) : version_(request.version) {
  if (version_ == Version::kSocks5) {
    methods_ = methods_message(request);
    if (!request.user.empty()) auth_ = auth_message(request);
    request_ = request_message5(request);
  } else {
    request_ = request_message4(request);
    phase_ = Phase::kSendRequest;
  }
}

ByteView ClientHandshake::output() const {
  auto const rest = [this](std::vector<std::byte> const& message) {
    return ByteView(message).subspan(sent_);
  };
  switch (phase_) {
    case Phase::kSendMethods:
      return rest(methods_);
    case Phase::kSendAuth:
      return rest(auth_);
    case Phase::kSendRequest:
      return rest(request_);
    default:
      return {};
  }
}

void ClientHandshake::sent(std::size_t count) {
  auto const left = output().size();
  if (count > left) throw std::logic_error("socks client: more was sent than there was to send");
  sent_ += count;
  if (count < left || left == 0) return;
  if (phase_ == Phase::kSendMethods)
    enter(Phase::kAwaitMethod);
  else if (phase_ == Phase::kSendAuth)
    enter(Phase::kAwaitAuth);
  else
    enter(Phase::kAwaitReply);
}

void ClientHandshake::enter(Phase phase) {
  phase_ = phase;
  sent_ = 0;
  have_ = 0;
}

std::size_t ClientHandshake::needed() const {
  if (phase_ == Phase::kAwaitMethod || phase_ == Phase::kAwaitAuth) return 2;
  if (version_ != Version::kSocks5) return 8;
  // The type of the address, and of a name its length, tell how long the reply is.
  if (have_ < 4) return 4;
  auto const length = address_length(ByteView(input_).subspan(3, have_ - 3));
  return length == 0 ? have_ : 3 + length;
}

Result<std::size_t> ClientHandshake::receive(ByteView input) {
  std::size_t used = 0;
  while (phase_ == Phase::kAwaitMethod || phase_ == Phase::kAwaitAuth ||
         phase_ == Phase::kAwaitReply) {
    auto const take = std::min(needed() - have_, input.size() - used);
    std::copy_n(input.begin() + static_cast<std::ptrdiff_t>(used), take,
                input_.begin() + static_cast<std::ptrdiff_t>(have_));
    have_ += take;
    used += take;
    Result<void> ok;
    if (phase_ == Phase::kAwaitMethod)
      ok = take_method();
    else if (phase_ == Phase::kAwaitAuth)
      ok = take_auth();
    else
      ok = take_reply();
    if (!ok) return ok.error();
    if (take == 0) break;
  }
  return used;
}

// Each of these looks at what has come so far, so that a peer of another protocol is told from
// its first byte, not when enough bytes have come or the connection ends.

Result<void> ClientHandshake::take_method() {
  ByteView const in = ByteView(input_).first(have_);
  if (!in.empty() && byte_at(in, 0) != 5)
    return fail(Errc::kProtocolViolation,
                fmt::format("peer does not speak SOCKS 5: it begins with 0x{:02X}, not 0x05",
                            byte_at(in, 0)));
  if (in.size() < 2) return {};
  auto const method = byte_at(in, 1);
  if (method == kNoMethod)
    return fail(Errc::kMethodRefused, auth_.empty()
                                          ? "proxy refuses clients without user name and password"
                                          : "proxy refuses user name and password as a method");
  bool const offered =
      std::find(methods_.begin() + 2, methods_.end(), std::byte{method}) != methods_.end();
  if (!offered)
    return fail(Errc::kProtocolViolation,
                fmt::format("proxy chose method 0x{:02X}, which was not offered", method));
  enter(method == kUserPassword ? Phase::kSendAuth : Phase::kSendRequest);
  return {};
}

Result<void> ClientHandshake::take_auth() {
  ByteView const in = ByteView(input_).first(have_);
  if (!in.empty() && byte_at(in, 0) != kAuthVersion)
    return fail(Errc::kProtocolViolation,
                fmt::format("answer to user name and password has version 0x{:02X}, not 0x01",
                            byte_at(in, 0)));
  if (in.size() < 2) return {};
  if (byte_at(in, 1) != 0)
    return fail(Errc::kAuthRefused,
                fmt::format("proxy refuses user name and password (0x{:02X})", byte_at(in, 1)));
  authenticated_ = true;
  enter(Phase::kSendRequest);
  return {};
}

Result<void> ClientHandshake::take_reply() {
  ByteView const in = ByteView(input_).first(have_);
  bool const v5 = version_ == Version::kSocks5;
  if (!in.empty() && byte_at(in, 0) != (v5 ? 5 : 0))
    return fail(Errc::kProtocolViolation, fmt::format("reply begins with 0x{:02X}, not 0x{:02X}",
                                                      byte_at(in, 0), v5 ? 5 : 0));
  bool const no_address = v5 && in.size() >= 4 && address_length(in.subspan(3)) == 0;
  if (auto const code = static_cast<ReplyCode>(in.size() < 2 ? 0 : byte_at(in, 1));
      no_address && code != ReplyCode::kSucceeded) {
    // tor's way to refuse RESOLVE and RESOLVE_PTR: zeros in place of an address.
    reply_ = Reply{code, {}};
    return fail(Errc::kRejected, "proxy rejects the request: " + describe_reply(code));
  }
  if (no_address)
    return fail(Errc::kProtocolViolation,
                fmt::format("reply has an unknown address type 0x{:02X}", byte_at(in, 3)));
  if (in.size() < needed()) return {};
  Reply reply{static_cast<ReplyCode>(byte_at(in, 1)), {}};
  if (v5)
    reply.address = read_address(in.subspan(3));
  else
    reply.address = {IpAddress::from_bytes(in.subspan(4), false), port_at(in, 2)};
  // 5A is no success in SOCKS 5, nor 00 in SOCKS 4.
  auto const success = v5 ? ReplyCode::kSucceeded : ReplyCode::kGranted4;
  reply_ = std::move(reply);
  if (reply_->code != success)
    return fail(Errc::kRejected, "proxy rejects the request: " + describe_reply(reply_->code));
  enter(Phase::kDone);
  return {};
}

Error ClientHandshake::end_of_input() {
  auto const success = version_ == Version::kSocks5 ? ReplyCode::kSucceeded : ReplyCode::kGranted4;
  if (phase_ == Phase::kAwaitReply && have_ >= 2) {
    auto const code = static_cast<ReplyCode>(byte_at(input_, 1));
    if (code != success) {
      reply_ = Reply{code, {}};
      return fail(Errc::kRejected, "proxy rejects the request: " + describe_reply(code));
    }
  }
  char const* place = "before the SOCKS handshake's end";
  if (phase_ == Phase::kAwaitMethod)
    place = "instead of choosing a SOCKS method";
  else if (phase_ == Phase::kAwaitAuth)
    place = "instead of judging user name and password";
  else if (phase_ == Phase::kAwaitReply)
    place = have_ == 0 ? "instead of a SOCKS reply" : "inside the SOCKS reply";
  return fail(Errc::kTruncated, fmt::format("proxy closed the connection {}", place));
}

Error ClientHandshake::fail(Errc code, std::string message) {
  phase_ = Phase::kFailed;
  return make_error(code, std::move(message));
}

}  // namespace perfd::wire::socks
