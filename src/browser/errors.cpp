#include "browser/errors.h"

namespace perfd::browser {
namespace {

// Boost's base has a protected destructor, which GCC takes for an accessible one.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class Category final : public boost::system::error_category {
 public:
  char const* name() const noexcept override { return "perfd.browser"; }
  std::string message(int value) const override {
    switch (static_cast<Errc>(value)) {
      case Errc::kNotStarted:
        return "the browser did not start";
      case Errc::kDied:
        return "the browser ended";
      case Errc::kHung:
        return "the browser does not answer";
      case Errc::kCrashed:
        return "the page's process ended";
      case Errc::kProtocol:
        return "not WebDriver BiDi";
      case Errc::kNavigation:
        return "no page came";
      case Errc::kDeadline:
        return "the page was not loaded in time";
    }
    return "unknown error";
  }
};
#pragma GCC diagnostic pop

}  // namespace

boost::system::error_category const& category() {
  static Category const instance;
  return instance;
}

}  // namespace perfd::browser
