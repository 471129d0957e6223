#include "wire/http/error.h"

namespace perfd::wire::http {
namespace {

// Boost's base has a protected destructor, which GCC takes for an accessible one.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class Category final : public boost::system::error_category {
 public:
  char const* name() const noexcept override { return "http"; }
  std::string message(int value) const override {
    switch (static_cast<Errc>(value)) {
      case Errc::kMalformed:
        return "malformed HTTP message";
      case Errc::kTooLarge:
        return "HTTP message too large";
      case Errc::kTruncated:
        return "connection closed inside an HTTP message";
      case Errc::kUnsupportedVersion:
        return "HTTP version not supported";
      case Errc::kBadTarget:
        return "request target is not a path";
      case Errc::kTooManyInterim:
        return "too many interim HTTP responses";
    }
    return "unknown HTTP error";
  }
};
#pragma GCC diagnostic pop

}  // namespace

boost::system::error_category const& category() {
  static Category const instance;
  return instance;
}

int status_for(Error const& error, bool in_body) {
  if (error.code == Errc::kTooLarge) return in_body ? 413 : 431;
  if (error.code == Errc::kUnsupportedVersion) return 505;
  return 400;
}

}  // namespace perfd::wire::http
