#include "stats/summary.h"

namespace perfd::stats {

void Summarizer::add(model::Measurement const& m) {
  ++counts_.n;
  if (m.kind == model::Kind::page) ++counts_.page_loads;
  if (!m.outcome.ok()) {
    ++counts_.failures[m.outcome.code];
    return;
  }
  ++counts_.ok;
  for (std::size_t i = 0; i < kMetrics.size(); ++i)
    if (auto const value = value_of(kMetrics[i], m)) values_[i].push_back(*value);
}

Summary Summarizer::summary() const {
  auto summary = counts_;
  for (std::size_t i = 0; i < kMetrics.size(); ++i) summary.spreads[i] = spread(values_[i]);
  return summary;
}

}  // namespace perfd::stats
