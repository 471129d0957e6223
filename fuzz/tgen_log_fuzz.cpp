// OnionPerf's raw logs, TGen's and torctl's. Whatever the lines hold, state stays bounded, a
// measurement has sound times and can be written and read again, and the same lines give the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "formats/jsonl.h"
#include "formats/tgen_log.h"
#include "formats/torctl_log.h"
#include "formats/tpf.h"
#include "support.h"

namespace {

using namespace perfd;

void check_measurement(model::Measurement const& m) {
  FUZZ_REQUIRE(is_id(m.id) && !m.source.empty() && m.started_at > WallTime{});
  for (auto const& [name, mark] : m.marks.entries())
    FUZZ_REQUIRE(mark.at >= m.started_at && mark.error_bound >= Micros{0});
  FUZZ_REQUIRE(formats::from_json_line(formats::to_json_line(m)));
  if (auto const record = formats::to_tpf(m))
    FUZZ_REQUIRE(formats::read_tpf(formats::write_tpf(*record)));
}

std::vector<std::string> ids_of(std::string_view text, bool check) {
  std::vector<std::string> ids;
  formats::TgenLogReader reader;
  while (!text.empty()) {
    auto const end = text.find('\n');
    auto const line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (auto const torctl = formats::parse_torctl_line(line))
      FUZZ_REQUIRE(torctl->event.size() <= line.size());
    auto const read = reader.line(line);
    if (!read) FUZZ_REQUIRE(!read.error().message.empty());
    if (!read || !*read) continue;
    if (check) check_measurement(**read);
    ids.push_back((*read)->id);
  }
  FUZZ_REQUIRE(reader.finish() <= formats::kMaxOpenTransfers);
  return ids;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const ids = ids_of(text, true);
  FUZZ_REQUIRE(ids == ids_of(text, false));
  return 0;
}
