// What the page and the CSV keep of each measurement: when it began, how it ended, and the few
// numbers that its kind has (quantity.h); never a record. Of a download that is about 100 bytes.
// Thread: values.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/units.h"
#include "model/measurement.h"
#include "report/buckets.h"
#include "report/quantity.h"

namespace perfd::report {

// Measurements that are alike: one line of a plot, one line of the CSV.
struct SeriesKey {
  std::string experiment;
  std::string arm;
  model::Kind kind = model::Kind::download;
  std::string target;         // direct, onion, single-onion, or "web": any URL
  std::int64_t filesize = 0;  // of downloads and uploads; else 0

  friend auto operator<=>(SeriesKey const&, SeriesKey const&) = default;
};

[[nodiscard]] SeriesKey series_key(model::Measurement const& measurement);

struct Series {
  SeriesKey key;
  std::string url;         // of "web" the first one,
  bool more_urls = false;  // and whether there are others
  std::size_t n = 0;
  std::size_t ok = 0;
  std::map<model::FailureCode, std::size_t> failures;  // by code, without ok
  // By quantity: of the successful ones, ascending, where they have it.
  std::array<std::vector<double>, kQuantities> values;
  Micros bucket{};                                   // of time
  std::array<std::vector<Band>, kQuantities> bands;  // by quantity; of those in over_time()
  std::vector<FailureShare> shares;

  [[nodiscard]] std::size_t failed() const { return n - ok; }
  [[nodiscard]] std::vector<double> const& of(Quantity quantity) const {
    return values[number_of(quantity)];
  }
  [[nodiscard]] std::string experiment_and_arm() const {
    return key.arm.empty() ? key.experiment : key.experiment + "/" + key.arm;
  }
  // The target as the CSV has it: of "web" the URL, if it is always the same.
  [[nodiscard]] std::string target() const {
    return key.target == "web" && !more_urls ? url : key.target;
  }
};

// A relay that was the first hop.
struct GuardUse {
  std::string fingerprint;
  std::string nickname;
  std::size_t n = 0;
  std::size_t failed = 0;
  std::vector<double> first_byte;  // µs, ascending; of successful ones that have one
};

struct Collected {
  std::size_t n = 0;
  std::size_t ok = 0;
  std::optional<WallTime> first;  // start of the first and of the last measurement
  std::optional<WallTime> last;
  std::size_t without_time = 0;                // that tell no start between the years 1970 and 2300
  std::map<std::string, std::size_t> sources;  // and how many measurements each has
  std::map<std::string, std::size_t> versions;  // of the perfd that measured; empty: not told
  std::vector<Series> series;                   // by experiment, arm, kind, target, size
  std::vector<GuardUse> guards;                 // the most used first
  std::size_t without_guard = 0;                // measurements that tell no first hop
};

// What is kept: `numbers` is what a table of quantiles needs; `all` also how they went over time,
// and the times since the launch of a circuit, which a table shows hop by hop.
enum class Kept { numbers, all };

// Takes measurements one by one, in one pass.
class Collection {
 public:
  explicit Collection(Kept kept = Kept::all) : kept_(kept) {}

  // `arms`: the order of the experiments' arms, as far as it is known; others come behind.
  using ArmOrder = std::map<std::pair<std::string, std::string>, std::size_t>;

  // At most so many will be added or merged: large vectors then have room for all at once, which
  // costs address space alone, in the place of growing again and again.
  void expect(std::size_t results) { expected_ = results; }
  void add(model::Measurement const& measurement);
  // Sorts what is sorted at the end anyway and may be now, on the thread that collected it.
  void settle();
  // `later`: of measurements that ended after those that were added here. The same as if they had
  // all been added to one.
  void merge(Collection later);
  [[nodiscard]] bool empty() const { return counts_.n == 0; }
  // Sorts, and cuts time into buckets. Ends the collection.
  [[nodiscard]] Collected finish(ArmOrder const& arms = {});

 private:
  struct Open {  // a series that still grows
    Series series;
    std::vector<std::int64_t> ok_at;  // µs; of those whose values are kept for plots over time
    std::vector<std::int64_t> failed_at;

    void sort_values();
    void merge(Open later, Kept kept);
  };
  void keep_values(Open& open, std::optional<WallTime> at, model::Kind kind, Values const& values);
  void note_guard(model::Measurement const& measurement, double first_byte);
  static void cut_into_buckets(Open& open, Micros period);

  Kept kept_;
  std::size_t expected_ = 0;  // 0: not known
  Collected counts_;
  std::map<SeriesKey, Open> open_;
  std::unordered_map<std::string, GuardUse> guards_;  // thousands: by hash
};

}  // namespace perfd::report
