// OnionPerf's analysis documents. However a document is cut, it gives the same; a measurement has
// sound times and can be written and read again; a document made of what was read is taken by
// the checker and by the reader; and what the checker takes the reader takes, too.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "formats/jsonl.h"
#include "formats/onionperf_check.h"
#include "formats/onionperf_read.h"
#include "formats/onionperf_write.h"
#include "support.h"

namespace {

using namespace perfd;

struct Parts {
  bool good = false;
  std::vector<model::Measurement> measurements;
  std::vector<formats::OnionPerfCircuit> circuits;
  std::vector<model::Stream> streams;
  formats::OnionPerfHead head;
};

// In pieces of `cuts`, or as a whole without them.
Parts read(std::string_view text, fuzz::Cuts* cuts) {
  Parts out;
  formats::OnionPerfReader reader(
      {[&](model::Measurement&& m) { out.measurements.push_back(std::move(m)); },
       [&](std::string const&, formats::OnionPerfCircuit&& c) {
         out.circuits.push_back(std::move(c));
       },
       [&](std::string const&, model::Stream&& s) { out.streams.push_back(std::move(s)); }});
  bool fed = true;
  while (fed && !text.empty()) {
    auto const piece = text.substr(0, cuts == nullptr ? text.size() : cuts->next());
    text.remove_prefix(piece.size());
    auto const done = reader.feed(piece);
    if (!done) FUZZ_REQUIRE(!done.error().message.empty());
    fed = done.has_value();
  }
  auto const end = reader.finish();
  FUZZ_REQUIRE(fed || !end);
  FUZZ_REQUIRE(end ? *end == out.measurements.size() : out.measurements.empty());
  out.good = end.has_value();
  out.head = reader.head();
  return out;
}

void check_measurement(model::Measurement const& m) {
  FUZZ_REQUIRE(is_id(m.id) && !m.source.empty());
  for (auto const& [name, mark] : m.marks.entries())
    FUZZ_REQUIRE(mark.at >= m.started_at && mark.error_bound >= Micros{0});
  FUZZ_REQUIRE(m.outcome.ok() || m.marks.find(model::mark::kDataComplete) == nullptr ||
               m.payload_bytes < m.filesize);
  FUZZ_REQUIRE(formats::from_json_line(formats::to_json_line(m)));
}

// All of it as a document of its first source.
void check_written(Parts parts) {
  if (parts.head.sources.empty()) return;
  formats::OnionPerfDay day;
  day.source = parts.head.sources[0].name;
  day.guards = parts.head.sources[0].guards;
  day.filters = parts.head.filters;
  for (auto& m : parts.measurements) m.source = day.source;
  day.measurements = parts.measurements.size();
  day.measurement = [&](std::size_t i) {
    return Result<model::Measurement>(parts.measurements[i]);
  };
  day.circuits = parts.circuits.size();
  day.circuit = [&](std::size_t i) { return Result<formats::OnionPerfCircuit>(parts.circuits[i]); };
  day.streams = parts.streams.size();
  day.stream = [&](std::size_t i) { return Result<model::Stream>(parts.streams[i]); };
  std::string text;
  auto const written = formats::write_onionperf(day, [&](std::string_view piece) {
    text += piece;
    return Result<void>{};
  });
  if (!written) return;  // the same transfer twice
  std::string complaint;
  auto const tally = formats::check_onionperf(text, [&](auto const& what) { complaint = what; });
  if (tally.errors > 0) std::fprintf(stderr, "%s\n", complaint.c_str());
  FUZZ_REQUIRE(tally.errors == 0);
  auto const again = read(text, nullptr);
  FUZZ_REQUIRE(again.good && again.measurements.size() == *written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const whole = read(text, nullptr);
  fuzz::Cuts cuts(size == 0 ? 0 : data[size / 2]);
  auto const cut = read(text, &cuts);
  FUZZ_REQUIRE(whole.good == cut.good && whole.measurements == cut.measurements &&
               whole.circuits == cut.circuits && whole.streams == cut.streams);
  auto const tally = formats::check_onionperf(text, [](auto const&) {});
  FUZZ_REQUIRE(tally.errors > 0 || whole.good);
  if (!whole.good) return 0;
  for (auto const& m : whole.measurements) check_measurement(m);
  check_written(whole);
  return 0;
}
