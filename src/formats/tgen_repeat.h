// Status lines of one transfer, which differ in nothing but their time and the bytes that came.
//
// A log has hundreds of thousands of them, one right behind the other. Once one was read, the next
// is compared with it: where all between the time and the numbers is the same, the numbers alone
// are read. What doesn't fit is read as any other line.
// Thread: of its owner. Input is untrusted; at most one line is kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/tgen_line.h"

namespace perfd::formats {

class TgenRepeat {
 public:
  // `text` is the status line that `line` was read from, without its end.
  void learn(std::string_view text, TgenLine const& line);
  void forget() { same_.clear(); }

  struct Progress {
    WallTime at{};
    std::int64_t payload = 0;
  };
  // Nothing if the line is not one more of the same transfer.
  [[nodiscard]] std::optional<Progress> read(std::string_view text) const;

 private:
  std::string same_;     // from behind the time up to the first number
  bool stream_ = false;  // of TGen 1.x
};

}  // namespace perfd::formats
