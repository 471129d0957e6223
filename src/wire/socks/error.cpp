#include "wire/socks/error.h"

namespace perfd::wire::socks {
namespace {

// Boost's base has a protected destructor, which GCC takes for an accessible one.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class Category final : public boost::system::error_category {
 public:
  char const* name() const noexcept override { return "socks"; }
  std::string message(int value) const override {
    switch (static_cast<Errc>(value)) {
      case Errc::kBadRequest:
        return "request cannot be sent with SOCKS";
      case Errc::kProtocolViolation:
        return "SOCKS protocol violation";
      case Errc::kMethodRefused:
        return "no acceptable SOCKS method";
      case Errc::kAuthRefused:
        return "SOCKS user name or password refused";
      case Errc::kRejected:
        return "SOCKS request rejected";
      case Errc::kTruncated:
        return "connection closed inside the SOCKS handshake";
      case Errc::kUnsupportedCommand:
        return "SOCKS command not supported";
      case Errc::kUnsupportedAddress:
        return "SOCKS address type not supported";
    }
    return "unknown SOCKS error";
  }
};
#pragma GCC diagnostic pop

}  // namespace

boost::system::error_category const& category() {
  static Category const instance;
  return instance;
}

}  // namespace perfd::wire::socks
