// What is looked at over time as one: measurements that differ in nothing but their time.
// Thread: values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "model/measurement.h"

namespace perfd::model {

struct SeriesKey {
  std::string source{};
  std::string experiment{};
  std::string arm{};
  Kind kind = Kind::download;
  std::string target{};
  std::int64_t filesize = 0;  // of downloads and uploads

  friend auto operator<=>(SeriesKey const&, SeriesKey const&) = default;
};

[[nodiscard]] inline std::int64_t size_of_series(Measurement const& m) {
  bool const sized = m.kind == Kind::download || m.kind == Kind::upload;
  return sized ? m.filesize : 0;
}

[[nodiscard]] inline SeriesKey series_key(Measurement const& m) {
  return {m.source, m.experiment, m.arm, m.kind, m.target, size_of_series(m)};
}

}  // namespace perfd::model
