#include "config/slo.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "config/key_builder.h"
#include "config/key_table.h"
#include "config/limits.h"
#include "config/read_keys.h"

namespace perfd::config {

// "5 %", "0.5%": at most 100.
template <>
struct Codec<Share> {
  static std::string kind() { return R"(share, as in "5 %")"; }
  static bool read(Node const& node, Share& out, Report const& report) {
    return read_string<Share>(node, out, report, R"(a share in percent as in "5 %")", parse);
  }
  static std::optional<std::string> write(Share const& share) {
    return toml_string(std::to_string(share.value * 100) + " %");
  }

 private:
  static Result<Share> parse(std::string_view text) {
    auto number = trim(text);
    double percent = -1;
    if (number.ends_with('%')) {
      number = trim(number.substr(0, number.size() - 1));
      auto const [end, error] =
          std::from_chars(number.data(), number.data() + number.size(), percent);
      if (error != std::errc{} || end != number.data() + number.size()) percent = -1;
    }
    if (percent >= 0 && percent <= 100) return Share{percent / 100};
    return Error{"'" + printable(text, 40) +
                 "' is not a share: from \"0 %\" to \"100 %\" is expected"};
  }
};

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kSection = "slo";

Limit<std::optional<Micros>> span_limit(Micros low, Micros high) {
  auto const limit = between(low, high);
  return {[check = limit.check](std::optional<Micros> const& span) {
            return span ? check(*span) : Wrong{};
          },
          limit.text};
}

Wrong check_name_or_none(std::string const& text) {
  return text.empty() ? Wrong{} : check_name(text);
}

std::vector<Key<SloRule>> const& slo_keys() {
  static std::vector<Key<SloRule>> const keys{
      key(&SloRule::experiment, {.name = "experiment",
                                 .about = "The experiment that is judged.",
                                 .default_text = "each one that was measured lately, by itself",
                                 .limit = {check_name_or_none, {}}}),
      key(&SloRule::arm, {.name = "arm",
                          .about = "The arm of it that is judged.",
                          .default_text = "each one, by itself",
                          .limit = {check_name_or_none, {}}}),
      key(&SloRule::ttfb_p90,
          {.name = "ttfb-p90",
           .about = "The 90th percentile of the time to first byte is to be no more than this.",
           .limit = span_limit(Micros{1ms}, Micros{24h})}),
      key(&SloRule::ttlb_p90,
          {.name = "ttlb-p90",
           .about = "The same of the time to last byte; of a page load, to that of its last "
                    "resource.",
           .limit = span_limit(Micros{1ms}, Micros{24h})}),
      key(&SloRule::failure_rate,
          {.name = "failure-rate",
           .about = "No more of the measurements are to fail. What perfd itself ended or did not "
                    "start is not counted."}),
      key(&SloRule::freshness,
          {.name = "freshness",
           .about = "The latest success is to be no older than this. It is judged at once, without "
                    "windows.",
           .limit = span_limit(Micros{1s}, Micros{24h * 366})}),
      key(&SloRule::window, {.name = "window",
                             .about = "Measurements are judged by windows of this length, from "
                                      "multiples of it in UTC on.",
                             .limit = between(Micros{1min}, Micros{24h * 31})}),
      key(&SloRule::windows,
          {.name = "for",
           .about = "So many windows in a row must be bad until the rule fails, and so many good "
                    "until it is over.",
           .limit = between(1, 100)}),
      key(&SloRule::at_least, {.name = "at-least",
                               .about = "A window with fewer measurements tells nothing: neither "
                                        "good nor bad. Of a percentile, successes count.",
                               .limit = between(1, 100'000)})};
  return keys;
}

class SloLoader {
 public:
  explicit SloLoader(Source const& source) : source_(source) {}

  LoadedSlo run() {
    if (source_.text.size() > kMaxFileBytes) {
      add({0, 0, 0},
          "is larger than " + format_bytes(Bytes{static_cast<std::int64_t>(kMaxFileBytes)}));
      return diagnostics();
    }
    auto document = parse_document(source_.text, 0);
    problems_ = std::move(document.problems);
    for (auto const& entry : document.root.entries) top(entry);
    if (problems_.empty() && rules_.empty())
      add({0, 0, 0}, "has no rule: a section [slo.NAME] is expected for each");
    if (!problems_.empty()) return diagnostics();
    return std::move(rules_);
  }

 private:
  void add(Place place, std::string message) { problems_.push_back({place, std::move(message)}); }
  Report reporter(std::string path) {
    return [this, path = std::move(path)](Place const& place, std::string const& message) {
      add(place, path + ": " + message);
    };
  }

  void top(Entry const& entry) {
    if (entry.key != kSection)
      return add(entry.place,
                 printable(entry.key, 80) + ": " + unknown_key(entry.key, "section", {kSection}));
    constexpr auto kExpected = "sections with a name each: write [slo.NAME]";
    if (!expect(entry.value, Node::Type::table, kExpected, reporter("slo"))) return;
    for (auto const& item : entry.value.entries) rule(item);
  }

  void rule(Entry const& entry) {
    auto const path = "slo." + printable(entry.key, 80);
    if (!expect(entry.value, Node::Type::table, "a section: keys stand under [slo.NAME]",
                reporter(path)))
      return;
    if (auto const wrong = check_name(entry.key))
      add(entry.place, "slo: the name of a section " + *wrong);
    if (rules_.size() >= kMaxInstances)
      return add(entry.place, path + ": is one more than " + std::to_string(kMaxInstances));
    auto& out = rules_.emplace_back();
    for (auto const& one : slo_keys()) one.set_default(Settings{}, out);
    out.name = entry.key;
    auto const before = problems_.size();
    for (auto const& item : entry.value.entries) {
      auto const report = reporter(path + "." + printable(item.key, 80));
      if (auto const* found = find_key(slo_keys(), item, report))
        (void)found->read(item.value, out, report);
    }
    if (problems_.size() > before) return;
    if (!out.ttfb_p90 && !out.ttlb_p90 && !out.failure_rate && !out.freshness)
      add(entry.value.place, path +
                                 ": asks for nothing: give ttfb-p90, ttlb-p90, failure-rate or "
                                 "freshness");
  }

  Diagnostics diagnostics() {
    std::stable_sort(problems_.begin(), problems_.end(),
                     [](Problem const& a, Problem const& b) { return a.place < b.place; });
    Diagnostics out;
    for (auto& [place, message] : problems_)
      out.list.push_back({source_.name, place.line, place.column, std::move(message)});
    return out;
  }

  Source const& source_;
  std::vector<SloRule> rules_;
  std::vector<Problem> problems_;
};

}  // namespace

LoadedSlo load_slo(Source const& source) { return SloLoader(source).run(); }

LoadedSlo load_slo_path(std::filesystem::path const& path) {
  auto const source = read_source(path);
  if (!source) return Diagnostics{{{path.string(), 0, 0, source.error().message}}};
  return load_slo(*source);
}

std::string slo_reference() {
  std::string out;
  write_keys(slo_keys(), out);
  return out;
}

}  // namespace perfd::config
