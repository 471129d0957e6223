// What a waterfall shows, before it is drawn: rows of stretches of time, and moments.
//
// For the waterfall's own files. All text is plain and untrusted; times are counted from the
// measurement's start. Thread: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/units.h"
#include "model/measurement.h"

namespace perfd::report {

// What a stretch of time was spent on. Its colour; the key has the names.
enum class Phase : std::uint8_t {
  blocked,
  connect,
  tls,
  wait,
  receive,
  socks,
  onion,
  circuit,
  stream,
  request,
  payload,
  server
};
[[nodiscard]] std::string_view phase_name(Phase phase);
// The class of its rectangles.
[[nodiscard]] std::string_view phase_class(Phase phase);

struct Stretch {
  Micros from{0};
  Micros to{0};
  Phase phase = Phase::blocked;
};

struct ChartRow {
  std::string name;
  // Of a resource alone.
  std::string status{};
  std::string type{};
  std::string connection{};
  std::string note{};                // in the place of a bar
  std::string about{};               // everything, as lines; shown where a reader points at the row
  std::vector<Stretch> stretches{};  // the later ones lie upon the earlier ones
  std::optional<Micros> moment{};    // a row that is no more than a moment
  bool failed = false;
  bool heading = false;  // of the rows below it

  // The whole of it; nothing in what has no stretch.
  [[nodiscard]] std::optional<Micros> from() const;
  [[nodiscard]] std::optional<Micros> to() const;
};

struct ChartMoment {
  std::string name;
  Micros at{0};
};

struct Chart {
  bool of_page = false;
  std::vector<ChartMoment> moments{};  // ascending
  std::vector<ChartRow> rows{};
  std::string more{};  // in the place of further rows; empty: there are none
  Micros end{0};       // of the axis

  // Drops what can't be drawn, sorts the moments, sets the end. Once, when all rows are there.
  void finish();
  // Nothing has a time.
  [[nodiscard]] bool empty() const { return end <= Micros{0}; }
};

// Counts times from a measurement's start.
class SinceStart {
 public:
  explicit SinceStart(model::Measurement const& measurement);
  // Nothing where there is no such time, or it is a year or more away: nobody waits so long.
  [[nodiscard]] std::optional<Micros> operator()(std::optional<WallTime> at) const;

 private:
  std::optional<WallTime> zero_;
};

[[nodiscard]] Chart waterfall_chart(model::Measurement const& measurement);
// Its parts. REQUIRES: of the first, measurement.page.
[[nodiscard]] Chart resources_chart(model::Measurement const& measurement, SinceStart const& since);
[[nodiscard]] Chart steps_chart(model::Measurement const& measurement, SinceStart const& since);
// What tor did, for steps_chart().
void add_tor_rows(Chart& chart, model::Measurement const& measurement, SinceStart const& since);
void add_onion_rows(Chart& chart, model::OnionView const& onion, SinceStart const& since);

// A row of one stretch, where both ends are known and the first comes first; of one alone a moment.
void add_span(Chart& chart, std::string name, std::optional<Micros> from, std::optional<Micros> to,
              Phase phase);
void add_heading(Chart& chart, std::string name);

// "guard0", or the first digits of the fingerprint of a relay without a known name.
[[nodiscard]] std::string relay_name(model::Hop const& hop);
// "guard0 > middle0 > exit1"
[[nodiscard]] std::string path_of_circuit(model::Circuit const& circuit);

// The drawing as SVG elements whose origin is the left end of the axis; the names of the rows lie
// left of it, at negative x. The width is that of the viewport.
struct Drawing {
  std::string svg;
  int height = 0;
};
inline constexpr int kNamesWidth = 312;
[[nodiscard]] Drawing draw_waterfall(Chart const& chart);
[[nodiscard]] std::string_view waterfall_style();

}  // namespace perfd::report
