#include "report/csv.h"

#include <fmt/format.h>

#include "report/csv_field.h"
#include "stats/quantile.h"

namespace perfd::report {
namespace {

std::string line_head(Series const& series, std::string_view metric, std::size_t n) {
  return fmt::format("{},{},{},{},{},{}", csv_field(series.key.experiment),
                     csv_field(series.key.arm), csv_field(series.target()),
                     series.key.filesize > 0 ? std::to_string(series.key.filesize) : std::string(),
                     metric, n);
}

std::string failure_line(Series const& series, std::string const& metric, std::size_t n) {
  return line_head(series, metric, n) +
         fmt::format(",,,,,,,share,{}\r\n", static_cast<double>(n) / static_cast<double>(series.n));
}

}  // namespace

std::string summary_csv(Collected const& results) {
  std::string out =
      "experiment,arm,target,filesize,metric,n,p10,q1,median,q3,p90,p99,unit,rate\r\n";
  for (auto const& series : results.series) {
    for (std::size_t i = 0; i < kQuantities; ++i) {
      auto const& sorted = series.values[i];
      if (sorted.empty()) continue;
      out += line_head(series, name(quantity(i)), sorted.size());
      for (double const p : {0.1, 0.25, 0.5, 0.75, 0.9, 0.99})
        out += fmt::format(",{}", stats::quantile(sorted, p).value_or(0));
      out += is_rate(quantity(i)) ? ",bit/s,\r\n" : ",us,\r\n";
    }
    out += failure_line(series, "failures", series.failed());
    for (auto const& [code, count] : series.failures)
      out += failure_line(series, "failures_" + std::string(model::name(code)), count);
  }
  return out;
}

}  // namespace perfd::report
