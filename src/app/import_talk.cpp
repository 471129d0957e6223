#include "app/import_talk.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"

namespace perfd::app {
namespace {

// A million broken lines are told by their number.
constexpr std::size_t kProblemsTold = 20;

}  // namespace

void ImportTalk::problem(std::string const& place, std::string const& reason) {
  if (++problems_ > kProblemsTold) return;
  progress_.clear();
  // What the reason names already needs no place.
  auto const text = reason.starts_with(place) ? reason : place + ": " + reason;
  std::fprintf(stderr, "perfd: %s\n", text.c_str());
  if (problems_ == kProblemsTold)
    std::fprintf(stderr, "perfd: further problems are counted, not told\n");
}

void ImportTalk::progress(std::int64_t done, std::int64_t all) {
  auto const percent = all <= 0 ? 100 : std::min<std::int64_t>(100, done * 100 / all);
  if (percent == shown_) return;
  shown_ = percent;
  constexpr std::int64_t kWidth = 40;
  auto const full = static_cast<std::size_t>(percent * kWidth / 100);
  progress_.show("[" + std::string(full, '#') + std::string(kWidth - full, ' ') + "] " +
                 std::to_string(percent) + " % of " + format_bytes(Bytes{all}));
}

std::string counted(std::size_t count, std::string const& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

}  // namespace perfd::app
