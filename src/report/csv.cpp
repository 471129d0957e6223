#include "report/csv.h"

#include <fmt/format.h>

#include "report/csv_field.h"
#include "stats/quantile.h"

namespace perfd::report {
std::string summary_csv(Collected const& results) {
  std::string out = "experiment,arm,target,filesize,metric,n,p10,q1,median,q3,p90,p99,unit\r\n";
  for (auto const& series : results.series)
    for (std::size_t i = 0; i < kQuantities; ++i) {
      auto const& sorted = series.values[i];
      if (sorted.empty()) continue;
      out +=
          fmt::format("{},{},{},{},{},{}", csv_field(series.key.experiment),
                      csv_field(series.key.arm), csv_field(series.target()),
                      series.key.filesize > 0 ? std::to_string(series.key.filesize) : std::string(),
                      name(quantity(i)), sorted.size());
      for (double const p : {0.1, 0.25, 0.5, 0.75, 0.9, 0.99})
        out += fmt::format(",{}", stats::quantile(sorted, p).value_or(0));
      out += is_rate(quantity(i)) ? ",bit/s\r\n" : ",us\r\n";
    }
  return out;
}

}  // namespace perfd::report
