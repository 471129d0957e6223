#include "report/json.h"

#include "formats/json_writer.h"

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

void sample_field(JsonWriter& json, std::string_view name, Group const& group) {
  json.key(name).begin_object();
  name_fields(json, group);
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

std::string summaries_json(std::vector<Group const*> const& groups) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("summaries").begin_array();
  for (auto const* group : groups) {
    auto const summary = group->summary.summary();
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
  json.end_object();
  return out;
}

std::string comparisons_json(std::vector<ComparedPair> const& pairs, stats::Bootstrap const& how) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
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
