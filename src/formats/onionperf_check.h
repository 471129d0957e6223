// Is a file an analysis document that OnionPerf's readers take?
//
// Stricter than OnionPerfReader: every key that metrics-lib, tornettools or OnionPerf itself looks
// for must be there and of its kind, numbers of the *_info must be text, and what the reader finds
// wrong is wrong here, too. Unknown keys are passed over. Versions 1.0 to 3.x.
// Thread: of its owner. Input is untrusted, and bounded as the reader's; no rows are kept.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace perfd::formats {

struct OnionPerfTally {
  std::size_t measurements = 0;  // right or wrong
  std::size_t circuits = 0;
  std::size_t streams = 0;  // tor's
  std::size_t errors = 0;
};

// Gets what is wrong, one thing a call, with its path:
//   data.op-a.tgen.streams["1:6:…"].time_info.created-ts: must be a string
// Of a row the first thing only; after kMaxOnionPerfComplaints they are only counted.
using OnionPerfComplaint = std::function<void(std::string const&)>;
inline constexpr std::size_t kMaxOnionPerfComplaints = 100;

class OnionPerfChecker {
 public:
  explicit OnionPerfChecker(OnionPerfComplaint complain);
  ~OnionPerfChecker();
  OnionPerfChecker(OnionPerfChecker const&) = delete;
  OnionPerfChecker& operator=(OnionPerfChecker const&) = delete;

  // The document in pieces of any size. False where it is no JSON or over the bounds, which was
  // complained of: what follows need not be given.
  [[nodiscard]] bool feed(std::string_view chunk);
  [[nodiscard]] OnionPerfTally finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A whole document in memory.
[[nodiscard]] OnionPerfTally check_onionperf(std::string_view text,
                                             OnionPerfComplaint const& complain);

// Whether a file that begins so is meant to be an analysis document and no JSON lines: its first
// key is "data".
[[nodiscard]] bool begins_like_onionperf(std::string_view text);

}  // namespace perfd::formats
