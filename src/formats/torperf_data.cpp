#include "formats/torperf_data.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/time_text.h"

namespace perfd::formats {
namespace {

constexpr std::array<std::string_view, 9> kTorperfMoments = {
    "START",    "SOCKET",      "CONNECT",      "NEGOTIATE",   "REQUEST",
    "RESPONSE", "DATAREQUEST", "DATARESPONSE", "DATACOMPLETE"};
constexpr std::array<std::string_view, 8> kCircuitKeys = {
    "BUILDTIMES", "CIRC_ID", "LAUNCH", "PATH", "QUANTILE", "TIMEOUT", "USED_AT", "USED_BY"};

constexpr Micros kSameEnd{1'000'000};
constexpr Micros kHeld{600'000'000};

using Numbers = std::vector<std::int64_t>;

Result<Numbers> numbers_of(std::string_view line) {
  Numbers out;
  for (auto const word : split(trim(line), ' ')) {
    if (word.empty()) continue;
    auto const number = parse_int<std::int64_t>(word);
    if (!number || *number < 0) return Error{"'" + printable(word, 40) + "' is no number"};
    out.push_back(*number);
  }
  return out;
}

Result<std::string> torperf_time(std::int64_t seconds, std::int64_t micros) {
  if (seconds > 99'999'999'999 || micros > 999'999) return Error{"a time that is none"};
  if (seconds == 0 && micros == 0) return success(std::string("0.0"));
  return success(format_seconds(Micros{seconds * 1'000'000 + micros}, 6));
}

void sort_pairs(TpfRecord& record) { std::sort(record.pairs.begin(), record.pairs.end()); }

Result<TpfRecord> pairs_of(std::string_view line) {
  TpfRecord record;
  record.version.clear();
  for (auto const word : split(trim(line), ' ')) {
    if (word.empty()) continue;
    auto const equals = word.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == word.size() ||
        word.find('=', equals + 1) != std::string_view::npos)
      return Error{"'" + printable(word, 60) + "' is not KEY=VALUE"};
    auto const key = word.substr(0, equals);
    if (record.find(key) != nullptr) return Error{"'" + printable(key, 40) + "' stands twice"};
    record.pairs.emplace_back(key, word.substr(equals + 1));
  }
  return record;
}

std::optional<WallTime> torperf_moment(TpfRecord const& record, std::string_view key) {
  auto const* value = record.find(key);
  if (value == nullptr) return std::nullopt;
  auto const time = parse_seconds(*value);
  if (!time || *time <= Micros{0}) return std::nullopt;
  return WallTime{*time};
}

void add_if_absent(TpfRecord& record, std::string_view key, std::string value) {
  if (record.find(key) == nullptr) record.pairs.emplace_back(key, std::move(value));
}

Micros between_ends(WallTime a, WallTime b) { return a < b ? b - a : a - b; }

}  // namespace

std::optional<TorperfName> torperf_name(std::string_view path) {
  auto const file = path.substr(path.find_last_of("/: ") + 1);
  auto const stem = file.substr(0, file.find('.'));
  auto const dash = stem.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  auto size = to_lower(stem.substr(dash + 1));
  std::int64_t unit = 1;
  for (auto const& [ending, bytes] : {std::pair{"kb", 1024}, std::pair{"mb", 1024 * 1024}})
    if (size.ends_with(ending)) {
      unit = bytes;
      size.resize(size.size() - 2);
    }
  auto const count = parse_int<std::int64_t>(size);
  if (!count || *count <= 0 || *count > 1'000'000'000) return std::nullopt;
  return TorperfName{std::string(stem.substr(0, dash)), *count * unit};
}

Result<TpfRecord> parse_torperf_data(std::string_view line, TorperfName const& name) {
  auto const numbers = numbers_of(line);
  if (!numbers) return numbers.error();
  constexpr std::size_t kFirst = 2 * kTorperfMoments.size() + 2;
  auto const count = numbers->size();
  // Without and with the time-out, and with the tenths.
  if (count != kFirst && count != kFirst + 1 && count != kFirst + 1 + 18)
    return Error{"a line of .data has 20, 21 or 39 numbers, this one " + std::to_string(count)};
  TpfRecord record;
  record.version.clear();
  auto const add_moment = [&](std::string key, std::size_t at) -> Result<void> {
    auto const text = torperf_time((*numbers)[at], (*numbers)[at + 1]);
    if (!text) return Error{key + ": " + text.error().message};
    record.pairs.emplace_back(std::move(key), *text);
    return {};
  };
  for (std::size_t i = 0; i < kTorperfMoments.size(); ++i)
    if (auto const added = add_moment(std::string(kTorperfMoments[i]), 2 * i); !added)
      return added.error();
  record.pairs.emplace_back("WRITEBYTES", std::to_string((*numbers)[kFirst - 2]));
  record.pairs.emplace_back("READBYTES", std::to_string((*numbers)[kFirst - 1]));
  if (count > kFirst) record.pairs.emplace_back("DIDTIMEOUT", (*numbers)[kFirst] == 0 ? "0" : "1");
  for (std::size_t at = kFirst + 1; at < count; at += 2)
    if (auto const added =
            add_moment("DATAPERC" + std::to_string((at - kFirst - 1) / 2 * 10 + 10), at);
        !added)
      return added.error();
  record.pairs.emplace_back("SOURCE", name.source);
  record.pairs.emplace_back("FILESIZE", std::to_string(name.filesize));
  sort_pairs(record);
  return record;
}

Result<std::optional<TpfRecord>> parse_torperf_extradata(std::string_view line) {
  auto const words = trim(line);
  auto const first = words.substr(0, words.find(' '));
  if (first.find('=') == std::string_view::npos) return std::optional<TpfRecord>();
  auto record = pairs_of(words);
  if (!record) return record.error();
  if (record->find("CIRC_ID") == nullptr) return std::optional<TpfRecord>();
  return std::optional(std::move(*record));
}

Result<TpfRecord> parse_torperf_mergedata(std::string_view line, TorperfName const& name) {
  auto record = pairs_of(line);
  if (!record) return record;
  if (record->find("START") == nullptr) return Error{"no START"};
  add_if_absent(*record, "SOURCE", name.source);
  add_if_absent(*record, "FILESIZE", std::to_string(name.filesize));
  sort_pairs(*record);
  return record;
}

void TorperfCircuits::add(TpfRecord circuit) {
  auto const at = torperf_moment(circuit, "USED_AT");
  if (!at) return;  // no measurement used it
  newest_ = std::max(newest_, *at);
  used_.push_back({*at, std::move(circuit)});
}

std::optional<WallTime> TorperfCircuits::completed(TpfRecord const& record) {
  return torperf_moment(record, "DATACOMPLETE");
}

void TorperfCircuits::merge_into(TpfRecord& record) {
  auto const end = completed(record);
  if (!end) return;
  while (!used_.empty() && used_.front().at < *end - kHeld) used_.pop_front();
  TpfRecord const* nearest = nullptr;
  auto distance = kSameEnd;
  for (auto const& used : used_) {
    auto const d = between_ends(used.at, *end);
    if (d > kSameEnd || (nearest != nullptr && d >= distance)) continue;
    nearest = &used.circuit;
    distance = d;
  }
  if (nearest == nullptr) return;
  for (auto const key : kCircuitKeys)
    if (auto const* value = nearest->find(key)) add_if_absent(record, key, *value);
  sort_pairs(record);
}

}  // namespace perfd::formats
