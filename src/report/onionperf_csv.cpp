#include "report/onionperf_csv.h"

#include <fmt/format.h>

#include <optional>

#include "base/time_text.h"
#include "formats/carrier.h"
#include "formats/onionperf_write.h"
#include "formats/tpf.h"
#include "report/csv_field.h"

namespace perfd::report {
namespace {

using model::Measurement;

std::string seconds_text(std::optional<Micros> span) {
  return span ? fmt::format("{}", static_cast<double>(span->count()) / 1e6) : std::string();
}

// Of the last MiB of 5, or of the second half of 1, in 10^6 bit/s.
std::string mbps_text(Measurement const& m) {
  constexpr std::int64_t kMiB = 1'048'576;
  auto const rate = [&](int from, double megabits) -> std::string {
    auto const span = m.marks.between(model::dataperc_name(from), model::dataperc_name(100));
    if (!span || *span <= Micros{0}) return "";
    return fmt::format("{}", megabits / (static_cast<double>(span->count()) / 1e6));
  };
  if (m.filesize == 5 * kMiB) return rate(80, 8.388608);
  if (m.filesize == kMiB) return rate(50, 4.194304);
  return "";
}

// A list as Python writes it.
std::string fingerprints_text(Measurement const& m) {
  auto const* circuit = formats::carrier(m);
  if (circuit == nullptr || circuit->path.empty()) return "";
  std::string out;
  for (auto const& hop : circuit->path) {
    if (!out.empty()) out += ", ";
    out += "'$" + hop.fingerprint + (hop.nickname.empty() ? "" : "~" + hop.nickname) + "'";
  }
  return "[" + out + "]";
}

std::string start_text(WallTime start) {
  auto text = format_iso(start);  // 2021-01-01T00:21:49.413580Z
  text[10] = ' ';
  text.pop_back();
  return text;
}

}  // namespace

std::string onionperf_csv_head() {
  return "id,time_to_first_byte,time_to_last_byte,error_code,mbps,label,filesize_bytes,server,"
         "start,fingerprints\n";
}

std::string onionperf_csv_line(Measurement const& m) {
  if (!formats::is_onionperf_result(m)) return "";
  bool const complete = m.outcome.ok();
  auto const after_start = [&](std::string_view mark) {
    return seconds_text(complete ? m.marks.between(model::mark::kStart, mark) : std::nullopt);
  };
  bool const upload = m.kind == model::Kind::upload;
  return fmt::format(
      "{},{},{},{},{},{},{},{},{},{}\n", csv_field(m.id),
      after_start(upload ? std::string(model::mark::kHandedFirst) : model::dataperc_name(0)),
      after_start(upload ? model::mark::kHandedLast : model::mark::kDataComplete),
      csv_field(formats::onionperf_error(m)), complete ? mbps_text(m) : "", csv_field(m.source),
      m.filesize, m.remote.host.ends_with(".onion") ? "onion" : "public",
      start_text(m.marks.at(model::mark::kStart).value_or(m.started_at)),
      csv_field(fingerprints_text(m)));
}

}  // namespace perfd::report
