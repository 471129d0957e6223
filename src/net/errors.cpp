#include "net/errors.h"

#include "wire/http/error.h"
#include "wire/socks/error.h"

namespace perfd::net {
namespace {

// Boost's base has a protected destructor, which GCC takes for an accessible one.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class Category final : public boost::system::error_category {
 public:
  char const* name() const noexcept override { return "perfd.net"; }
  std::string message(int value) const override {
    switch (static_cast<Errc>(value)) {
      case Errc::kBadSpec:
        return "the request can't be made";
      case Errc::kProxyRefused:
        return "no connection to the SOCKS proxy";
      case Errc::kRefused:
        return "connection refused";
      case Errc::kUnreachable:
        return "peer unreachable";
      case Errc::kReset:
        return "connection reset by the peer";
      case Errc::kClosed:
        return "connection closed early";
      case Errc::kIo:
        return "input/output error";
      case Errc::kSocksProtocol:
        return "broken SOCKS";
      case Errc::kSocksAuth:
        return "SOCKS authentication failed";
      case Errc::kSocksRejected:
        return "SOCKS request rejected";
      case Errc::kHttpMalformed:
        return "malformed HTTP";
      case Errc::kHttpStatus:
        return "unexpected HTTP status";
      case Errc::kWrongLength:
        return "wrong length of the payload";
      case Errc::kTruncated:
        return "payload cut short";
      case Errc::kCorrupted:
        return "payload corrupted";
      case Errc::kTooLarge:
        return "payload too large";
    }
    return "unknown error";
  }
};
#pragma GCC diagnostic pop

Errc of_system(int value) {
  switch (value) {
    case ECONNREFUSED:
      return Errc::kRefused;
    case ECONNRESET:
    case EPIPE:
      return Errc::kReset;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EADDRNOTAVAIL:
      return Errc::kUnreachable;
    default:
      return Errc::kIo;
  }
}

Errc of_socks(wire::socks::Errc value) {
  switch (value) {
    case wire::socks::Errc::kBadRequest:
      return Errc::kBadSpec;
    case wire::socks::Errc::kMethodRefused:
    case wire::socks::Errc::kAuthRefused:
      return Errc::kSocksAuth;
    case wire::socks::Errc::kRejected:
      return Errc::kSocksRejected;
    case wire::socks::Errc::kTruncated:
      return Errc::kClosed;
    default:
      return Errc::kSocksProtocol;
  }
}

}  // namespace

boost::system::error_category const& category() {
  static Category const instance;
  return instance;
}

Error as_net_error(Error error) {
  auto const& code = error.code;
  if (!code || code.category() == category() || code == boost::system::errc::timed_out)
    return error;
  if (code.category() == wire::socks::category())
    return make_error(of_socks(static_cast<wire::socks::Errc>(code.value())),
                      std::move(error.message));
  if (code.category() == wire::http::category())
    return make_error(code == wire::http::Errc::kTruncated ? Errc::kClosed : Errc::kHttpMalformed,
                      std::move(error.message));
  return make_error(of_system(code.value()), std::move(error.message));
}

}  // namespace perfd::net
