// How far the transfers that a TGen log tells of have come, and when.
//
// A transfer's last line has the times of its first and last byte; those of each tenth are only
// in the lines that were written on the way. Bounded: of more than kMaxOpenTransfers the one that
// was silent for longest is dropped, since a killed TGen never ends its transfers.
// Thread: of its owner.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "formats/tgen_line.h"
#include "model/mark.h"

namespace perfd::formats {

inline constexpr std::size_t kMaxOpenTransfers = 256;

struct TgenProgress {
  WallTime first{};  // of the first line with payload, and of the newest one
  WallTime last{};
  std::array<WallTime, 9> tenths{};  // 10 % to 90 %; zero where not reached
  std::array<WallTime, std::size(model::kPartialSizes)> partials{};

  // Takes over what a line tells; `at` is the time that goes for it.
  void note(std::int64_t payload, std::int64_t size, WallTime at);
  // Takes over what others have reckoned: when so many tenths (0 to 10), or one of the partial
  // sizes, had come. What is no such size is passed by.
  void tell_tenth(std::size_t tenth, WallTime at);
  void tell_partial(std::int64_t size, WallTime at);

 private:
  void tell(WallTime at);

  std::uint8_t tenths_set_ = 0;
  std::uint8_t partials_set_ = 0;
};

class TgenOpenTransfers {
 public:
  void note(TgenLine const& status);
  // One more status of the transfer that note() was last called for. REQUIRES: that one was noted,
  // and no transfer was taken since.
  void note_latest(std::int64_t payload, WallTime at);
  // The transfer that a line ends, which is open no more.
  [[nodiscard]] std::optional<TgenProgress> take(TgenLine const& end);
  [[nodiscard]] std::size_t size() const { return open_.size(); }
  void clear() { open_.clear(); }

 private:
  struct Open {
    std::string id;
    std::string local;  // tells apart the runs of TGen, each of which counts from 1
    std::int64_t size = 0;
    std::uint64_t heard = 0;
    TgenProgress progress;
  };
  [[nodiscard]] Open* find(TgenLine const& line);

  std::vector<Open> open_;
  std::size_t latest_ = 0;  // what was noted last: the next line's is likely the same
  std::uint64_t lines_ = 0;
};

}  // namespace perfd::formats
