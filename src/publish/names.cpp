#include "publish/names.h"

#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"

namespace perfd::publish {
namespace {

constexpr std::string_view kAnalysis = ".onionperf.analysis.json.xz";
constexpr std::string_view kTpf = ".tpf";
constexpr std::size_t kDayLength = 10;
constexpr std::size_t kLongestSource = 64;

bool is_plain(char c) {
  bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string day_text(Day day) { return format_date(WallTime(day)); }

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != kDayLength) return std::nullopt;
  auto const time = parse_time(text);
  if (!time || day_text(day_of(*time)) != text) return std::nullopt;
  return day_of(*time);
}

bool is_source_name(std::string_view source) {
  return !source.empty() && source.size() <= kLongestSource && source[0] != '.' &&
         source[0] != '_' && source[0] != '-' &&
         std::all_of(source.begin(), source.end(), is_plain);
}

std::string analysis_name(Day day) { return day_text(day) + std::string(kAnalysis); }

std::string tpf_name(std::string_view source, std::string_view filesize, Day day) {
  return std::string(source) + "-" + std::string(filesize) + "-" + day_text(day) +
         std::string(kTpf);
}

std::optional<Day> day_of_file(std::string_view name) {
  if (name.ends_with(kAnalysis)) return parse_day(name.substr(0, name.size() - kAnalysis.size()));
  if (!name.ends_with(kTpf)) return std::nullopt;
  name.remove_suffix(kTpf.size());
  if (name.size() <= kDayLength || name[name.size() - kDayLength - 1] != '-') return std::nullopt;
  auto const day = parse_day(name.substr(name.size() - kDayLength));
  name.remove_suffix(kDayLength + 1);
  auto const dash = name.rfind('-');
  bool const whole = dash != std::string_view::npos && is_number(name.substr(dash + 1)) &&
                     is_source_name(name.substr(0, dash));
  return whole ? day : std::nullopt;
}

}  // namespace perfd::publish
