#include "report/json.h"

#include "formats/json_writer.h"
#include "report/group_summary.h"

namespace perfd::report {
namespace {

using formats::JsonWriter;

void count_field(JsonWriter& json, std::string_view name, std::size_t count) {
  json.key(name).value(static_cast<std::uint64_t>(count));
}

void real_field(JsonWriter& json, std::string_view name, double number) {
  json.key(name).real(number);
}

void failures_field(JsonWriter& json, std::map<model::FailureCode, std::size_t> const& failures) {
  json.key("failures").begin_object();
  for (auto const& [code, count] : failures) count_field(json, model::name(code), count);
  json.end_object();
}

void spread_field(JsonWriter& json, std::string_view name,
                  std::optional<stats::Spread> const& spread) {
  json.key(name);
  if (!spread) return json.null();
  json.begin_object();
  count_field(json, "n", spread->n);
  real_field(json, "p10", spread->p10);
  real_field(json, "median", spread->median);
  real_field(json, "p90", spread->p90);
  json.end_object();
}

std::string spread_name(stats::Metric metric) {
  return std::string(stats::name(metric)) + (metric == stats::Metric::throughput ? "_bps" : "_us");
}

void name_fields(JsonWriter& json, Group const& group) {
  json.field("experiment", group.experiment);
  json.field("arm", group.arm);
}

void filters_field(JsonWriter& json, std::vector<std::string> const& filters) {
  json.key("filters").begin_array();
  for (auto const& filter : filters) json.value(filter);
  json.end_array();
}

void what_fields(JsonWriter& json, SeriesKey const& what) {
  json.field("kind", model::name(what.kind));
  json.field("target", what.target);
  json.field("filesize", what.filesize);
}

void sample_field(JsonWriter& json, std::string_view name, Group const& group) {
  json.key(name).begin_object();
  name_fields(json, group);
  if (group.what) {
    json.field("side", group.side);
    what_fields(json, *group.what);
  }
  count_field(json, "n", group.sample.n());
  count_field(json, "failed", group.sample.failed());
  count_field(json, "left_out", group.sample.left_out());
  failures_field(json, group.sample.failures());
  json.end_object();
}

void difference_field(JsonWriter& json, std::string_view name,
                      std::optional<stats::Difference> const& difference) {
  json.key(name);
  if (!difference) return json.null();
  constexpr std::string_view kVerdicts[] = {"not told", "less", "more"};
  json.begin_object();
  real_field(json, "base", difference->base);
  real_field(json, "other", difference->other);
  real_field(json, "difference", difference->difference());
  real_field(json, "low", difference->interval.low);
  real_field(json, "high", difference->interval.high);
  json.field("verdict", kVerdicts[static_cast<std::size_t>(difference->verdict())]);
  json.end_object();
}

void metric_object(JsonWriter& json, stats::MetricComparison const& found) {
  json.begin_object();
  json.field("metric", stats::name(found.metric));
  json.field("unit", found.metric == stats::Metric::throughput ? "bit/s" : "us");
  count_field(json, "base_n", found.base_n);
  count_field(json, "other_n", found.other_n);
  difference_field(json, "median", found.median);
  difference_field(json, "p90", found.p90);
  json.key("mann_whitney");
  if (auto const& test = found.mann_whitney) {
    json.begin_object();
    real_field(json, "u", test->u);
    real_field(json, "base_is_less", test->base_is_less);
    real_field(json, "p", test->p);
    json.key("exact").boolean(test->exact);
    json.end_object();
  } else {
    json.null();
  }
  json.end_object();
}

void own_blocks_field(JsonWriter& json, std::string_view name,
                      std::optional<stats::OwnBlocks> const& blocks) {
  if (!blocks) return;
  json.key(name).begin_object();
  json.field("block", blocks->length.count());
  count_field(json, "blocks", blocks->count);
  json.end_object();
}

void figure_object(JsonWriter& json, Quantity quantity, std::vector<double> const& sorted) {
  json.key(name(quantity)).begin_object();
  json.field("unit", is_rate(quantity) ? "bit/s" : "us");
  count_field(json, "n", sorted.size());
  for (auto const& [key, p] : {std::pair{"p10", 0.1},
                               {"q1", 0.25},
                               {"median", 0.5},
                               {"q3", 0.75},
                               {"p90", 0.9},
                               {"p99", 0.99}})
    real_field(json, key, stats::quantile(sorted, p).value_or(0));
  json.end_object();
}

double share(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

// What the CSV has of them, and failures by code.
void series_object(JsonWriter& json, Series const& series) {
  json.begin_object();
  json.field("experiment", series.key.experiment);
  json.field("arm", series.key.arm);
  json.field("kind", model::name(series.key.kind));
  json.field("target", series.target());
  json.field("filesize", series.key.filesize);
  count_field(json, "n", series.n);
  count_field(json, "failed", series.failed());
  real_field(json, "failure_rate", share(series.failed(), series.n));
  failures_field(json, series.failures);
  json.key("failure_rates").begin_object();
  for (auto const& [code, count] : series.failures)
    real_field(json, model::name(code), share(count, series.n));
  json.end_object();
  json.key("figures").begin_object();
  for (std::size_t i = 0; i < kQuantities; ++i)
    if (!series.values[i].empty()) figure_object(json, quantity(i), series.values[i]);
  json.end_object();
  json.end_object();
}

void guard_object(JsonWriter& json, GuardUse const& guard) {
  json.begin_object();
  json.field("fingerprint", guard.fingerprint);
  json.field("nickname", guard.nickname);
  count_field(json, "n", guard.n);
  count_field(json, "failed", guard.failed);
  real_field(json, "failure_rate", share(guard.failed, guard.n));
  spread_field(json, "ttfb_us", stats::spread(guard.first_byte));
  json.end_object();
}

void comparison_object(JsonWriter& json, ComparedPair const& pair) {
  auto const& found = pair.found;
  json.begin_object();
  sample_field(json, "base", *pair.base);
  sample_field(json, "other", *pair.other);
  if (found.first) json.field("first", to_us(*found.first));
  if (found.last) json.field("last", to_us(*found.last));
  if (found.block) json.field("block", found.block->count());
  count_field(json, "blocks", found.blocks);
  count_field(json, "shared_blocks", found.shared_blocks);
  own_blocks_field(json, "base_blocks", found.base_blocks);
  own_blocks_field(json, "other_blocks", found.other_blocks);
  json.key("metrics").begin_array();
  for (auto const& metric : found.metrics) metric_object(json, metric);
  json.end_array();
  difference_field(json, "failure_rate", found.failure_rate);
  json.key("sentences").begin_array();
  for (auto const& sentence : sentences(pair)) json.value(sentence);
  json.end_array();
  json.end_object();
}

}  // namespace

std::string summaries_json(std::vector<Group const*> const& groups, Collected const& results,
                           std::vector<std::string> const& filters) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  filters_field(json, filters);
  json.key("summaries").begin_array();
  for (auto const* group : groups) {
    auto const summary = summary_of(*group, results);
    json.begin_object();
    name_fields(json, *group);
    count_field(json, "n", summary.n);
    count_field(json, "failed", summary.failed());
    failures_field(json, summary.failures);
    for (auto const metric : stats::kMetrics)
      spread_field(json, spread_name(metric), summary.of(metric));
    json.end_object();
  }
  json.end_array();
  json.key("series").begin_array();
  for (auto const& series : results.series) series_object(json, series);
  json.end_array();
  json.key("guards").begin_array();
  for (auto const& guard : results.guards) guard_object(json, guard);
  json.end_array();
  count_field(json, "without_guard", results.without_guard);
  json.end_object();
  return out;
}

std::string comparisons_json(std::vector<ComparedPair> const& pairs, stats::Bootstrap const& how,
                             std::vector<std::string> const& filters) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  filters_field(json, filters);
  real_field(json, "level", how.level);
  count_field(json, "draws", how.draws);
  json.key("seed").value(how.seed);
  json.key("comparisons").begin_array();
  for (auto const& pair : pairs) comparison_object(json, pair);
  json.end_array();
  json.end_object();
  return out;
}

}  // namespace perfd::report
