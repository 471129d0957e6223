#include "import/lines.h"

#include <algorithm>

namespace perfd::import {

Result<std::optional<std::string_view>> Lines::next() {
  begun_.clear();
  too_long_ = false;
  bool any = false;
  while (true) {
    if (piece_.empty()) {
      auto const piece = read_();
      if (!piece) return piece.error();
      piece_ = *piece;
      if (piece_.empty()) break;
    }
    auto const end = piece_.find('\n');
    auto const part = piece_.substr(0, end);
    piece_.remove_prefix(end == std::string_view::npos ? piece_.size() : end + 1);
    bool const whole = end != std::string_view::npos;
    if (whole && !any && part.size() <= longest_) {
      ++number_;
      return std::optional(part);
    }
    any = true;
    auto const room = longest_ - begun_.size();
    too_long_ = too_long_ || part.size() > room;
    begun_.append(part.substr(0, room));
    if (whole) break;
  }
  if (!any) return std::optional<std::string_view>();
  ++number_;
  return std::optional<std::string_view>(begun_);
}

}  // namespace perfd::import
