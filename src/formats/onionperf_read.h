// OnionPerf's analysis documents (onionperf.analysis.json): what CollecTor archives since 2019.
//
//   {"data": {SOURCE: {"measurement_ip", "tgen": {…}, "tor": {…}}}, "type": "onionperf", "version"}
//
// Versions 1.0 and 2.0 have `transfers`, 3.0 and 3.1 `streams`; 4.0 and above are refused. What
// each field becomes is in docs/formats.md ("OnionPerf analysis"). A transfer is joined to tor's
// stream as OnionPerf joins them: by the port of its local end, and of several streams the one
// that ended nearest, if that was less than 150 s apart.
// Thread: of its owner. Input is untrusted: sizes, depth and counts are bounded. What is kept is
// the measurements, streams and circuits of one document: since its version stands last, nothing
// is handed out before the end, and nothing at all of a document that is broken anywhere.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/measurement.h"

namespace perfd::formats {

inline constexpr std::size_t kMaxOnionPerfRows = 200'000;  // of each section of a document

// An entry guard, as tor's GUARD events told of it.
struct OnionPerfGuard {
  std::string fingerprint;  // with '$', as OnionPerf writes it
  std::string nickname;
  std::string country;
  std::optional<WallTime> new_at;
  std::optional<WallTime> up_at;
  std::optional<WallTime> down_at;
  std::optional<WallTime> dropped_at;

  friend bool operator==(OnionPerfGuard const&, OnionPerfGuard const&) = default;
};

struct OnionPerfCircuit {
  model::Circuit circuit;
  bool timeout_learned = false;      // cbt_set: tor had learned its build time-out
  std::optional<bool> filtered_out;  // by OnionPerf's filter, where one was used
  std::vector<OnionPerfGuard> current_guards;
  bool of_measurement = false;  // a measurement of the document carries it, too

  friend bool operator==(OnionPerfCircuit const&, OnionPerfCircuit const&) = default;
};

// One vantage point of the document.
struct OnionPerfSource {
  std::string name;
  std::string address;  // measurement_ip; OnionPerf writes "unknown" for none
  std::vector<OnionPerfGuard> guards;

  friend bool operator==(OnionPerfSource const&, OnionPerfSource const&) = default;
};

// What the document says of itself.
struct OnionPerfHead {
  std::string version;
  std::vector<OnionPerfSource> sources;
  std::vector<std::pair<std::string, std::string>> filters;  // name, file; of tor's circuits
};

// Where the parts go; each may be left empty but the first. In the document's order.
struct OnionPerfSinks {
  std::function<void(model::Measurement&&)> measurement;
  // All circuits, also those that `of_measurement` says were given with their measurement. Without
  // it, those that no measurement has are not even read where the document has a usual size.
  std::function<void(std::string const& source, OnionPerfCircuit&&)> circuit;
  // tor's streams that belong to no measurement: directory fetches, and transfers of other days.
  std::function<void(std::string const& source, model::Stream&&)> stream;
};

class OnionPerfReader {
 public:
  explicit OnionPerfReader(OnionPerfSinks sinks);
  ~OnionPerfReader();
  OnionPerfReader(OnionPerfReader&&) noexcept;
  OnionPerfReader& operator=(OnionPerfReader&&) noexcept;

  // The document in pieces of any size; what is read at once (32 MiB at most) is kept until the
  // end. An error has the byte, the path and the reason, and stays: the document is given up.
  [[nodiscard]] Result<void> feed(std::string_view chunk);
  // At the end: hands everything out and says how many measurements there were.
  [[nodiscard]] Result<std::size_t> finish();
  [[nodiscard]] OnionPerfHead const& head() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace perfd::formats
