// Torperf's lines as text: the reader with metrics-lib's rules, and the writer.
#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/text.h"
#include "formats/tpf.h"

namespace perfd::formats {
namespace {

constexpr std::string_view kAnnotation = "@type torperf ";

constexpr std::array<std::string_view, 13> kRequiredKeys = {
    "SOURCE",   "FILESIZE",    "START",        "SOCKET",       "CONNECT",    "NEGOTIATE", "REQUEST",
    "RESPONSE", "DATAREQUEST", "DATARESPONSE", "DATACOMPLETE", "WRITEBYTES", "READBYTES"};
constexpr std::array<std::string_view, 11> kMoments = {
    "START",       "SOCKET",       "CONNECT",      "NEGOTIATE", "REQUEST", "RESPONSE",
    "DATAREQUEST", "DATARESPONSE", "DATACOMPLETE", "LAUNCH",    "USED_AT"};
constexpr std::array<std::string_view, 6> kInts = {"FILESIZE", "WRITEBYTES", "READBYTES",
                                                   "TIMEOUT",  "CIRC_ID",    "USED_BY"};

template <std::size_t N>
bool among(std::array<std::string_view, N> const& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A loop of its own: files have tens of millions of numbers.
bool digits(std::string_view text) {
  for (char const c : text)
    if (c < '0' || c > '9') return false;
  return !text.empty();
}

// Digits, one point, digits; small enough for ms in 64 bits.
bool is_moment(std::string_view text) {
  auto const dot = text.find('.');
  return dot != std::string_view::npos && dot <= 15 && digits(text.substr(0, dot)) &&
         digits(text.substr(dot + 1));
}

bool is_number(std::string_view text) {
  auto const dot = text.find('.');
  return digits(text.substr(0, dot)) &&
         (dot == std::string_view::npos || digits(text.substr(dot + 1)));
}

bool every(std::string_view list, bool (*good)(std::string_view)) {
  auto const items = split(list, ',');
  return std::all_of(items.begin(), items.end(), good);
}

bool is_hop(std::string_view text) {
  return text.size() == 41 && text.front() == '$' &&
         text.substr(1).find_first_not_of("0123456789ABCDEFabcdef") == std::string_view::npos;
}

// A family of keys ("DATAPERC50"); a key whose rest is no number is merely unknown.
bool in_family(std::string_view key, std::string_view family, std::int32_t most) {
  if (!key.starts_with(family)) return false;
  auto const number = parse_int<std::int32_t>(key.substr(family.size()));
  return number && *number >= 0 && *number <= most;
}

// What is wrong with the value of a known key; empty if nothing.
std::string_view value_problem(std::string_view key, std::string_view value) {
  if (among(kMoments, key) || in_family(key, "DATAPERC", 100) ||
      in_family(key, "PARTIAL", INT32_MAX))
    return is_moment(value) ? "" : "is not a time in seconds like 1475366401.23";
  if (among(kInts, key))
    return parse_int<std::int32_t>(value) ? "" : "is not a whole number of 32 bits";
  if (key == "DIDTIMEOUT") return value == "0" || value == "1" ? "" : "is neither 0 nor 1";
  if (key == "PATH") return every(value, is_hop) ? "" : "is not a list of $ and 40 hex digits";
  if (key == "BUILDTIMES") return every(value, is_moment) ? "" : "is not a list of seconds";
  if (key == "QUANTILE") return is_number(value) ? "" : "is not a number";
  return "";
}

Error at_line(std::size_t number, std::string_view what) {
  return Error{"line " + std::to_string(number) + ": " + std::string(what)};
}

// The pairs of a result line, or what is wrong with it.
Result<TpfRecord> parse_pairs(std::string_view text, std::size_t number) {
  TpfRecord record;
  record.line = number;
  record.pairs.reserve(40);
  bool in_order = true;  // as the format has them: then none stands there twice
  for (bool last = false; !last;) {
    auto const blank = text.find(' ');
    auto const pair = text.substr(0, blank);
    last = blank == std::string_view::npos;
    if (!last) text.remove_prefix(blank + 1);
    auto const equals = pair.find('=');
    if (equals == std::string_view::npos || pair.find('=', equals + 1) != std::string_view::npos)
      return at_line(number, "'" + printable(pair, 60) + "' is not one KEY=VALUE pair");
    auto const key = pair.substr(0, equals);
    auto const value = pair.substr(equals + 1);
    if (key.empty() || value.empty())
      return at_line(number, "'" + printable(pair, 60) + "' has an empty key or value");
    in_order = in_order && (record.pairs.empty() || record.pairs.back().first < key);
    if (!in_order && record.find(key) != nullptr)
      return at_line(number, "the key " + printable(key, 40) + " stands there twice");
    if (auto const problem = value_problem(key, value); !problem.empty())
      return at_line(
          number, printable(key, 40) + "='" + printable(value, 60) + "' " + std::string(problem));
    record.pairs.emplace_back(key, value);
  }
  for (auto const key : kRequiredKeys)
    if (record.find(key) == nullptr)
      return at_line(number, "the required key " + std::string(key) + " is missing");
  return record;
}

}  // namespace

std::string const* TpfRecord::find(std::string_view key) const {
  for (auto const& [name, value] : pairs)
    if (name == key) return &value;
  return nullptr;
}

Result<std::optional<TpfRecord>> TpfReader::line(std::string_view text) {
  ++number_;
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.size() > kMaxTpfLine) return at_line(number_, "longer than 64 KiB");
  if (text.empty()) return at_line(number_, "blank lines are not allowed");
  if (text.starts_with(kAnnotation)) {
    // As in metrics-lib, an annotation without a result is replaced by the next one.
    version_ = text.substr(kAnnotation.size());
    bool const known = version_.starts_with("1.") && digits(std::string_view(version_).substr(2));
    if (!known) {
      auto const bad = std::exchange(version_, {});
      return at_line(number_, "version '" + printable(bad, 20) + "' is not 1.x");
    }
    return std::optional<TpfRecord>{};
  }
  if (text.front() == '@')
    return at_line(number_, "'" + printable(text, 60) + "' is not \"@type torperf 1.x\"");
  // An annotation belongs to the one line after it; metrics-lib takes results without one.
  auto version = std::exchange(version_, {});
  auto record = parse_pairs(text, number_);
  if (!record) return record.error();
  record->version = std::move(version);
  return std::optional(std::move(*record));
}

Result<void> TpfReader::finish() {
  if (std::exchange(version_, {}).empty()) return {};
  return at_line(number_, "the file ends after an annotation without its result");
}

Result<std::vector<TpfRecord>> read_tpf(std::string_view text) {
  std::vector<TpfRecord> records;
  TpfReader reader;
  while (!text.empty()) {
    auto const end = text.find('\n');
    auto record = reader.line(text.substr(0, end));
    if (!record) return record.error();
    if (*record) records.push_back(std::move(**record));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  if (auto const end = reader.finish(); !end) return end.error();
  return records;
}

std::string write_tpf(TpfRecord const& record) {
  std::string out;
  out.reserve(1024);
  if (!record.version.empty()) out.append(kAnnotation).append(record.version) += '\n';
  bool first = true;
  for (auto const& [key, value] : record.pairs) {
    if (!std::exchange(first, false)) out += ' ';
    out.append(key).append("=").append(value);
  }
  out += '\n';
  return out;
}

}  // namespace perfd::formats
