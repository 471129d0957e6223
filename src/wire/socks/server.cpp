#include "wire/socks/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/text.h"
#include "wire/socks/layout.h"

namespace perfd::wire::socks {

using namespace layout;
using namespace std::string_view_literals;

namespace {

// What is written together with an error; the client then knows why.
constexpr auto kRefusal4 = "\x00\x5B\x00\x00\x00\x00\x00\x00"sv;
constexpr auto kNoMethodAnswer = "\x05\xFF"sv;
constexpr auto kAuthRefusal = "\x01\x01"sv;
constexpr auto kFailureAnswer = "\x05\x01\x00\x01\x00\x00\x00\x00\x00\x00"sv;
constexpr auto kCommandAnswer = "\x05\x07\x00\x01\x00\x00\x00\x00\x00\x00"sv;
constexpr auto kAddressAnswer = "\x05\x08\x00\x01\x00\x00\x00\x00\x00\x00"sv;

bool is_command(std::uint8_t byte, bool v5) {
  switch (static_cast<Command>(byte)) {
    case Command::kConnect:
    case Command::kResolve:
      return true;
    case Command::kResolvePtr:
      return v5;
  }
  return false;
}

}  // namespace

ServerHandshake::ServerHandshake(ServerOptions options) : options_(std::move(options)) {
  input_.reserve(64);
}

Result<std::size_t> ServerHandshake::receive(ByteView input) {
  std::size_t used = 0;
  // Byte by byte: a handshake has a few dozen, and no message can then take what is not its own.
  while (used < input.size() && state_ != State::kDone && state_ != State::kFailed) {
    input_.push_back(input[used++]);
    if (auto ok = step(); !ok) return ok.error();
  }
  return used;
}

Error ServerHandshake::end_of_input() const {
  if (state_ == State::kVersion)
    return make_error(Errc::kTruncated, "client closed the connection without a word");
  return make_error(Errc::kTruncated, "client closed the connection inside the SOCKS handshake");
}

Result<void> ServerHandshake::step() {
  switch (state_) {
    case State::kVersion: {
      auto const version = byte_at(input_, 0);
      if (version == 4)
        state_ = State::kSocks4;
      else if (version == 5)
        state_ = State::kMethods;
      else
        return refuse(Errc::kProtocolViolation,
                      fmt::format("client does not speak SOCKS: it begins with 0x{:02X}", version),
                      {});
      return {};
    }
    case State::kSocks4:
      return take_socks4();
    case State::kMethods:
      return take_methods();
    case State::kAuth:
      return take_auth();
    case State::kRequest:
      return take_request();
    case State::kDone:
    case State::kFailed:
      break;
  }
  return {};
}

// VN CD DSTPORT(2) DSTIP(4) USERID NUL [NAME NUL]
Result<void> ServerHandshake::take_socks4() {
  if (input_.size() == 2 && !is_command(byte_at(input_, 1), false))
    return refuse(Errc::kUnsupportedCommand,
                  fmt::format("SOCKS 4 command 0x{:02X} is not supported", byte_at(input_, 1)),
                  kRefusal4);
  if (input_.size() <= 8) return {};
  auto const text = as_text(input_).substr(8);
  auto const user_end = text.find('\0');
  if (user_end == text.npos) {
    if (text.size() > kMaxUser)
      return refuse(Errc::kProtocolViolation, "SOCKS 4 user id is longer than 255 bytes",
                    kRefusal4);
    return {};
  }
  bool const named = byte_at(input_, 4) == 0 && byte_at(input_, 5) == 0 &&
                     byte_at(input_, 6) == 0 && byte_at(input_, 7) != 0;
  ServerRequest request;
  request.version = named ? Version::kSocks4a : Version::kSocks4;
  request.command = static_cast<Command>(byte_at(input_, 1));
  request.address = {IpAddress::from_bytes(ByteView(input_).subspan(4), false), port_at(input_, 2)};
  request.user = text.substr(0, user_end);
  if (named) {
    auto const name = text.substr(user_end + 1);
    if (name.empty()) return {};
    if (name.back() != '\0') {
      if (name.size() > kMaxName)
        return refuse(Errc::kProtocolViolation, "SOCKS 4a host name is longer than 255 bytes",
                      kRefusal4);
      return {};
    }
    auto const host = name.substr(0, name.size() - 1);
    if (!is_host_name(host))
      return refuse(Errc::kProtocolViolation,
                    fmt::format("\"{}\" is no host name", printable(host, 80)), kRefusal4);
    request.address.host = std::string(host);
  }
  if (options_.auth == ServerOptions::Auth::kRequired && request.user.empty())
    return refuse(Errc::kRejected, "SOCKS 4 client gave no user id", kRefusal4);
  request_ = std::move(request);
  state_ = State::kDone;
  return {};
}

// VER NMETHODS METHODS
Result<void> ServerHandshake::take_methods() {
  if (input_.size() < 2 || input_.size() < 2 + std::size_t{byte_at(input_, 1)}) return {};
  auto const offers = [this](std::uint8_t method) {
    return std::find(input_.begin() + 2, input_.end(), std::byte{method}) != input_.end();
  };
  if (options_.auth != ServerOptions::Auth::kNone && offers(kUserPassword)) {
    put(output_, 5);
    put(output_, kUserPassword);
    state_ = State::kAuth;
  } else if (options_.auth != ServerOptions::Auth::kRequired && offers(kNoAuth)) {
    put(output_, 5);
    put(output_, kNoAuth);
    state_ = State::kRequest;
  } else {
    return refuse(Errc::kMethodRefused, "client offers no SOCKS method that is acceptable here",
                  kNoMethodAnswer);
  }
  input_.clear();
  return {};
}

// VER ULEN UNAME PLEN PASSWD
Result<void> ServerHandshake::take_auth() {
  if (byte_at(input_, 0) != kAuthVersion)
    return refuse(Errc::kProtocolViolation,
                  fmt::format("user name and password come with version 0x{:02X}, not 0x01",
                              byte_at(input_, 0)),
                  kAuthRefusal);
  if (input_.size() < 2) return {};
  std::size_t const user_size = byte_at(input_, 1);
  if (input_.size() < 3 + user_size) return {};
  std::size_t const password_size = byte_at(input_, 2 + user_size);
  if (input_.size() < 3 + user_size + password_size) return {};
  user_ = as_text(input_).substr(2, user_size);
  password_ = as_text(input_).substr(3 + user_size, password_size);
  if (options_.accept && !options_.accept(user_, password_))
    return refuse(Errc::kAuthRefused, "user name and password are not accepted", kAuthRefusal);
  put(output_, kAuthVersion);
  put(output_, 0);
  input_.clear();
  state_ = State::kRequest;
  return {};
}

// VER CMD RSV ATYP ADDR PORT
Result<void> ServerHandshake::take_request() {
  if (byte_at(input_, 0) != 5)
    return refuse(Errc::kProtocolViolation,
                  fmt::format("request begins with 0x{:02X}, not 0x05", byte_at(input_, 0)),
                  kFailureAnswer);
  if (input_.size() == 2 && !is_command(byte_at(input_, 1), true))
    return refuse(Errc::kUnsupportedCommand,
                  fmt::format("SOCKS 5 command 0x{:02X} is not supported", byte_at(input_, 1)),
                  kCommandAnswer);
  if (input_.size() < 4) return {};
  auto const address = ByteView(input_).subspan(3);
  auto const length = address_length(address);
  if (length == 0)
    return refuse(Errc::kUnsupportedAddress,
                  fmt::format("SOCKS 5 address type 0x{:02X} is not supported", byte_at(input_, 3)),
                  kAddressAnswer);
  if (address.size() < length) return {};
  ServerRequest request;
  request.version = Version::kSocks5;
  request.command = static_cast<Command>(byte_at(input_, 1));
  request.address = read_address(address);
  if (auto const* name = std::get_if<std::string>(&request.address.host);
      name && !is_host_name(*name))
    return refuse(Errc::kProtocolViolation,
                  fmt::format("\"{}\" is no host name", printable(*name, 80)), kFailureAnswer);
  request.user = std::move(user_);
  request.password = std::move(password_);
  request_ = std::move(request);
  state_ = State::kDone;
  return {};
}

Error ServerHandshake::refuse(Errc code, std::string message, std::string_view answer) {
  put(output_, as_bytes(answer));
  state_ = State::kFailed;
  return make_error(code, std::move(message));
}

ByteView ServerHandshake::output() const { return ByteView(output_).subspan(sent_); }

void ServerHandshake::sent(std::size_t count) {
  if (count > output().size())
    throw std::logic_error("socks server: more was sent than there was to send");
  sent_ += count;
}

void ServerHandshake::reply(ReplyCode code, Address const& address) {
  if (!request_ || replied_) throw std::logic_error("socks server: no request to reply to");
  replied_ = true;
  if (request_->version == Version::kSocks5) {
    put(output_, 5);
    put(output_, static_cast<std::uint8_t>(code));
    put(output_, 0);
    auto const* name = std::get_if<std::string>(&address.host);
    if (name && name->size() > kMaxName)
      throw std::logic_error("socks server: a name of more than 255 bytes in a reply");
    put_address(output_, address);
    return;
  }
  put(output_, 0);
  put(output_,
      static_cast<std::uint8_t>(is_success(code) ? ReplyCode::kGranted4 : ReplyCode::kRejected4));
  put_port(output_, address.port);
  auto const* ip = address.ip();
  put(output_, ip && !ip->v6 ? ip->bytes() : IpAddress{}.bytes());
}

}  // namespace perfd::wire::socks
