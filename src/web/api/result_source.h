// What the API wants to know of results. Implemented by app over the store.
// Thread: of whoever makes an answer; may block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "model/measurement.h"
#include "model/selection.h"
#include "report/quantity.h"

namespace perfd::web::api {

// A place in the results by time: several may have begun at the same µs.
struct Place {
  WallTime at{};
  std::int64_t seq = 0;
};

// Some of the results that a selection chooses, in the order of time.
struct ResultsAsked {
  model::Selection which;
  std::optional<Place> behind{};
  bool oldest_first = false;
  std::size_t most = 100;
  std::optional<report::Quantity> metric{};  // of which the value is wanted
};

struct ListedResult {
  Place place;
  std::string id;
  std::string source;
  std::string experiment;
  std::string arm;
  model::Kind kind = model::Kind::download;
  std::string target;
  std::int64_t filesize = 0;
  std::string instance;
  std::string outcome;
  std::optional<Micros> ttfb;
  std::optional<Micros> ttlb;
  std::optional<std::int64_t> value;  // µs, or bit/s
};

struct StoreExtent {
  std::int64_t measurements = 0;
  std::optional<WallTime> oldest_at;
  std::optional<WallTime> newest_at;
  std::int64_t bytes = 0;
};

class ResultSource {
 public:
  virtual ~ResultSource() = default;
  // How far a page came: nothing where there is no more. What only records tell is judged one by
  // one, of a bounded number; so a page may be short, or empty, and not be the last one.
  using Reached = std::optional<Place>;
  [[nodiscard]] virtual Result<Reached> list(
      ResultsAsked const& asked, std::function<void(ListedResult const&)> const& each) = 0;
  // Their JSON lines; stops behind the one at which `each` returns false.
  [[nodiscard]] virtual Result<Reached> records(
      ResultsAsked const& asked, std::function<bool(std::string const& line)> const& each) = 0;
  // Newest first, as far as reports look at them, or `whole`. Of at most `most`; true if there
  // are more.
  [[nodiscard]] virtual Result<bool> measurements(
      model::Selection const& which, std::size_t most, bool whole,
      std::function<void(model::Measurement&)> const& each) = 0;
  [[nodiscard]] virtual Result<StoreExtent> extent() = 0;
};

}  // namespace perfd::web::api
