// /api/v1/comparisons: whether arms, sources, versions of tor or periods differ, as
// `perfd report --compare` works it out, over a sample of the newest results.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/text.h"
#include "base/time_text.h"
#include "formats/json_writer.h"
#include "report/groups.h"
#include "report/pair_names.h"
#include "report/sides.h"
#include "stats/compare.h"
#include "stats/quantile.h"
#include "web/api/own_endpoints.h"
#include "web/api/sources.h"
#include "web/api/table.h"

namespace perfd::web::api {
namespace {

constexpr std::array kComparisonColumns = {
    Column{"experiment", Type::text, "of arms the experiment; else also its arm"},
    Column{"target", Type::text, "direct, onion, single-onion, web; empty: several", true},
    Column{"filesize", Type::integer, "payload bytes; null: several, or none", true},
    Column{"a", Type::text, "what is compared with:"},
    Column{"b", Type::text, "what is compared"},
    Column{"metric", Type::text, "or failure_rate"},
    Column{"n_a", Type::integer, "values"},
    Column{"n_b", Type::integer, ""},
    Column{"failed_a", Type::integer, "measurements that failed"},
    Column{"failed_b", Type::integer, ""},
    Column{"p50_a", Type::number, "the median; of failure_rate the share", true},
    Column{"p50_b", Type::number, "", true},
    Column{"difference", Type::number, "b - a; null where there is too little to tell", true},
    Column{"low", Type::number, "its interval", true},
    Column{"high", Type::number, "", true},
    Column{"level", Type::number, "of the interval"},
    Column{"differ", Type::boolean, "the interval does not hold 0"},
    Column{"note", Type::text, "what qualifies it; may be empty"}};

constexpr std::string_view kFailureRate = "failure_rate";
constexpr std::size_t kMostFigures = 20'000;
constexpr std::size_t kMostRecords = 10'000;  // whole ones cost twenty times as much to read
constexpr std::size_t kMostPairs = 60;
constexpr std::size_t kDraws = 1000;

// Of a record what comparisons look at: a page load would be kept with all its resources.
void slim(model::Measurement& m) {
  m.page.reset();
  m.allocation.reset();
  m.tor.circuits.clear();
  m.tor.circuits.shrink_to_fit();
  m.tor.stream.reset();
  m.tor.onion.reset();
}

struct Sample {
  std::vector<model::Measurement> all;  // oldest first
  bool more = false;
};

Checked<Sample> sample_of(model::Selection const& which, bool whole, ResultSource& results) {
  Sample out;
  auto const more = results.measurements(which, whole ? kMostRecords : kMostFigures, whole,
                                         [&](model::Measurement& m) {
                                           // A side may be told by relays, but those were judged.
                                           if (whole) slim(m);
                                           out.all.push_back(m);
                                         });
  if (!more) return unavailable(more.error());
  out.more = *more;
  std::reverse(out.all.begin(), out.all.end());
  return out;
}

// The two that have most, the first of them by name first.
template <class NameOf>
Checked<std::pair<std::string, std::string>> most_frequent(
    std::vector<model::Measurement> const& all, std::string_view what, NameOf name_of) {
  std::map<std::string, std::size_t> counts;
  for (auto const& m : all)
    if (auto const& name = name_of(m); !name.empty()) ++counts[name];
  std::vector<std::pair<std::size_t, std::string>> order;
  for (auto const& [name, n] : counts) order.emplace_back(n, name);
  std::sort(order.rbegin(), order.rend());
  if (order.size() < 2)
    return bad("by", "there are no results of two " + std::string(what) + " to compare");
  auto [a, b] = std::minmax(order[0].second, order[1].second);
  return std::pair(a, b);
}

// How the two sides are called in `perfd report --compare`.
Checked<std::pair<std::string, std::string>> names_of_sides(Arguments const& arguments,
                                                            Sample const& sample) {
  auto const by = arguments.text("by");
  std::string const prefix = by == "source" ? "source=" : by == "version" ? "tor=" : "period=";
  auto a = arguments.text("a");
  auto b = arguments.text("b");
  if (a.empty() != b.empty())
    return bad(a.empty() ? "a" : "b", "is needed, too: name both, or none");
  if (a.empty() && by == "period") {
    auto const middle = format_iso(arguments.since() + (arguments.until() - arguments.since()) / 2);
    a = format_iso(arguments.since()) + ".." + middle;
    b = middle + ".." + format_iso(arguments.until());
  } else if (a.empty()) {
    auto const found =
        by == "source"
            ? most_frequent(sample.all, "sources",
                            [](auto const& m) -> std::string const& { return m.source; })
            : most_frequent(sample.all, "versions of tor",
                            [](auto const& m) -> std::string const& { return m.tor.version; });
    if (!found) return found.error();
    std::tie(a, b) = *found;
  }
  return std::pair(prefix + a, prefix + b);
}

// An error without the option's name, which is of the command line.
Refusal without_option(Error const& error) {
  constexpr std::string_view kOption = "--compare: ";
  std::string_view text = error.message;
  if (text.starts_with(kOption)) text.remove_prefix(kOption.size());
  return bad("a", std::string(text));
}

std::optional<double> median_in(stats::ArmSample const& sample, stats::Metric metric) {
  std::vector<double> values;
  for (auto const& one : sample.observations())
    if (one.of(metric)) values.push_back(*one.of(metric));
  std::sort(values.begin(), values.end());
  return stats::quantile(values, 0.5);
}

std::optional<double> rate_in(stats::ArmSample const& sample) {
  if (sample.n() == 0) return std::nullopt;
  return static_cast<double>(sample.failed()) / static_cast<double>(sample.n());
}

// One line of the table; what of the columns is the same for all lines of a pair.
class PairRows {
 public:
  PairRows(Table& table, report::Group const& a, report::Group const& b, double level)
      : table_(table), a_(a), b_(b), level_(level), names_(report::pair_names(a, b)) {
    if (a.what) {
      target_ = a.what->target;
      if (a.what->filesize > 0) filesize_ = a.what->filesize;
    } else if (a.kinds_and_sizes.size() == 1 && a.kinds_and_sizes == b.kinds_and_sizes) {
      auto const size = a.kinds_and_sizes.begin()->second;
      if (size > 0) filesize_ = size;
    }
  }

  void add(std::string_view metric, std::size_t n_a, std::size_t n_b, std::optional<double> p50_a,
           std::optional<double> p50_b, std::optional<stats::Difference> const& found, bool apart) {
    auto note = report::note_of_unlike(names_, a_, b_);
    auto const say = [&](std::string_view what) {
      note += (note.empty() ? "" : "; ") + std::string(what);
    };
    auto const cell = [&](double value) {
      return metric == kFailureRate ? Cell(value) : Cell(std::int64_t{std::llround(value)});
    };
    auto const median = [&](std::optional<double> value) { return value ? cell(*value) : Cell(); };
    if (!found) say("too few values, or too short a time, for an interval");
    if (found && apart) say("measured at different times: what differs may be the time");
    table_.row(
        {experiment(), target_.empty() ? Cell() : Cell(target_), filesize_, name(a_, names_.base),
         name(b_, names_.other), metric, static_cast<std::int64_t>(n_a),
         static_cast<std::int64_t>(n_b), static_cast<std::int64_t>(a_.sample.failed()),
         static_cast<std::int64_t>(b_.sample.failed()), median(p50_a), median(p50_b),
         found ? cell(found->difference()) : Cell(), found ? cell(found->interval.low) : Cell(),
         found ? cell(found->interval.high) : Cell(), level_,
         found && found->verdict() != stats::Verdict::not_told, note});
  }

 private:
  // As it would be given as a or b.
  [[nodiscard]] static std::string name(report::Group const& group, std::string const& otherwise) {
    return group.what ? group.side.substr(group.side.find('=') + 1) : otherwise;
  }
  [[nodiscard]] std::string experiment() const { return a_.what ? a_.label() : a_.experiment; }

  Table& table_;
  report::Group const& a_;
  report::Group const& b_;
  double level_;
  report::PairNames names_;
  std::string target_;
  std::optional<std::int64_t> filesize_;
};

void compare_pair(Table& table, report::Group const& a, report::Group const& b,
                  std::string const& wanted) {
  stats::CompareOptions how;
  how.bootstrap.draws = kDraws;
  auto const found = stats::compare(a.sample, b.sample, how);
  PairRows rows(table, a, b, how.bootstrap.level);
  for (auto const& metric : found.metrics) {
    if (!wanted.empty() && stats::name(metric.metric) != wanted) continue;
    rows.add(stats::name(metric.metric), metric.base_n, metric.other_n,
             median_in(a.sample, metric.metric), median_in(b.sample, metric.metric), metric.median,
             found.apart());
  }
  if (wanted.empty() || wanted == kFailureRate)
    rows.add(kFailureRate, a.sample.n(), b.sample.n(), rate_in(a.sample), rate_in(b.sample),
             found.failure_rate, found.apart());
}

struct Compared {
  std::size_t left_out = 0;
};

Compared compare_all_pairs(Table& table, report::Groups::Pairs const& pairs,
                           std::string const& metric) {
  auto const taken = std::min(pairs.size(), kMostPairs);
  for (auto const& [a, b] : std::span(pairs).first(taken)) compare_pair(table, *a, *b, metric);
  return {pairs.size() - taken};
}

// Of arms that nothing was measured of in the period there is nothing to compare: no rows, and no
// error either, unless names were given.
Checked<Compared> compare_arms(Arguments const& arguments, Sample const& sample, Table& table) {
  report::Groups groups(report::Gathered::samples);
  for (auto const& m : sample.all) groups.add(m);
  std::vector<std::string> names;
  for (auto const* end : {"a", "b"})
    if (arguments.given(end)) names.push_back(arguments.text(end));
  if (names.size() == 1) return bad(arguments.given("a") ? "b" : "a", "is needed, too");
  auto const pairs = groups.to_compare(names);
  if (!pairs && !names.empty()) return without_option(pairs.error());
  return compare_all_pairs(table, pairs ? *pairs : report::Groups::Pairs(),
                           arguments.text("metric"));
}

Checked<Compared> compare_sides(Arguments const& arguments, Sample const& sample, Table& table) {
  auto const names = names_of_sides(arguments, sample);
  if (!names) {
    if (names.error().field == "by") return Compared();
    return names.error();
  }
  auto sides = report::Sides::parse(names->first, names->second);
  if (!sides) return without_option(sides.error());
  for (auto const& m : sample.all) sides->add(m);
  auto const pairs = sides->to_compare();
  if (!pairs && arguments.given("a")) return without_option(pairs.error());
  return compare_all_pairs(table, pairs ? *pairs : report::Groups::Pairs(),
                           arguments.text("metric"));
}

Checked<Answer> make_comparisons(Call const& call, Sources& sources) {
  auto const& arguments = call.arguments;
  auto const by = arguments.text("by");
  // Figures tell no version of tor.
  auto const sample = sample_of(arguments.which(), by == "version", *sources.results);
  if (!sample) return sample.error();
  Table table(call.form, kComparisonColumns);
  auto const compared = by == "arm" ? compare_arms(arguments, *sample, table)
                                    : compare_sides(arguments, *sample, table);
  if (!compared) return compared.error();
  if (call.form == Form::csv) return answer_of(table, call.form);
  Answer out;
  formats::JsonWriter json(out.body);
  json.begin_object();
  table.write_fields(json);
  json.field("results", static_cast<std::int64_t>(sample->all.size()));
  json.key("sampled").boolean(sample->more);
  json.field("left_out", static_cast<std::int64_t>(compared->left_out));
  json.end_object();
  out.body += '\n';
  return out;
}

std::vector<std::string_view> compared_metrics() {
  std::vector<std::string_view> out;
  for (auto const metric : stats::kMetrics) out.push_back(stats::name(metric));
  out.push_back(kFailureRate);
  return out;
}

}  // namespace

Endpoint comparisons_endpoint() {
  Address out;
  out.name = "comparisons";
  out.about =
      "Whether arms, sources, versions of tor or periods differ: for each experiment, target and "
      "size the difference of the medians with its interval, as `perfd report --compare` has it "
      "(docs/statistics.md), but of at most 20000 results, the newest (by version 10000), and from "
      "1000 draws.";
  out.filters = Filters::all;
  out.period = kWeek;
  out.parameters = {
      {"by",
       Parameter::Type::word,
       "what is compared",
       "arm",
       0,
       0,
       {"arm", "source", "version", "period"}},
      {"metric", Parameter::Type::word, "only this one", "", 0, 0, compared_metrics()},
      {"a", Parameter::Type::text,
       "an arm, a source, a version of tor, or FROM..TO; without a and b: all arms of each "
       "experiment against its first, the two sources or versions with most results, the two "
       "halves "
       "of the period"},
      {"b", Parameter::Type::text, "what is compared with it"}};
  out.answer =
      table_and("", "", kComparisonColumns,
                {value("results", Type::integer, "that were looked at"),
                 value("sampled", Type::boolean, "there are older ones that were not looked at"),
                 value("left_out", Type::integer, "pairs beyond the first 60")});
  return {out, make_comparisons};
}

}  // namespace perfd::web::api
