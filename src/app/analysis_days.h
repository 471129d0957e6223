// Documents of OnionPerf's analysis, made of results as they come out of the logs of one host.
//
// Either all of them in one document, or one for each day (UTC): a transfer is of the day on which
// it began, a circuit of that on which it ended. A day is written, and forgotten, when transfers
// are two days further, so that years of logs take the memory of three days.
// Thread: one; blocks.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/measurement.h"

namespace perfd::app {

struct AnalysisPlace {
  std::filesystem::path folder = ".";
  std::string file;                 // in it; empty: OnionPerf's name for it
  std::string address = "unknown";  // of the measuring host
  std::string date_in_name;         // "2021-01-01", of the one document
  std::string only;                 // a date: other days' results are left out
  bool by_day = false;
  // Of .xz. The usual 6 takes longer than all the rest, and 94 MB; its files are a quarter smaller.
  int compression = 0;
};

class AnalysisDays {
 public:
  explicit AnalysisDays(AnalysisPlace place) : place_(std::move(place)) {}

  // Errors: results of a second host, of a day that was written already, a file that can't be
  // written.
  [[nodiscard]] Result<void> add(model::Measurement measurement);
  [[nodiscard]] Result<void> add(model::Circuit circuit);
  // Writes what is left.
  [[nodiscard]] Result<void> finish();

  struct Written {
    std::filesystem::path file;
    std::size_t transfers = 0;
    std::size_t circuits = 0;
  };
  [[nodiscard]] std::vector<Written> const& written() const { return written_; }

 private:
  struct Day {
    std::vector<model::Measurement> measurements;
    std::vector<model::Circuit> circuits;
  };
  // The day to put it in; nullptr where nobody asked for it.
  [[nodiscard]] Result<Day*> day_of(WallTime at);
  // Circuits say nothing about how far the logs are read: behind a gap in them the next one is
  // days later, and comes before the transfers in front of the gap.
  [[nodiscard]] Result<void> write_before(WallTime at);
  [[nodiscard]] Result<void> write(std::string const& date, Day& day);
  [[nodiscard]] std::filesystem::path path_of(std::string const& date) const;

  AnalysisPlace place_;
  std::string source_;
  std::map<std::string, Day> days_;  // by date; of a single document by ""
  std::string newest_written_;
  std::vector<Written> written_;
};

}  // namespace perfd::app
