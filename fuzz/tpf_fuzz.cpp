// Torperf's result files. What the reader takes, the writer must give back so that it
// reads the same, and it must become a measurement whose own record is valid.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "formats/jsonl.h"
#include "formats/tpf.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace perfd::formats;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const records = read_tpf(text);
  if (!records) return 0;
  for (auto const& record : *records) {
    auto const again = read_tpf(write_tpf(record));
    if (!again || again->size() != 1 || !(again->front() == record)) std::abort();
    auto const measurement = from_tpf(record);
    if (!measurement) continue;
    auto const ours = to_tpf(*measurement);
    if (!ours || !read_tpf(write_tpf(*ours))) std::abort();
    if (auto const line = from_json_line(to_json_line(*measurement)); !line) std::abort();
  }
  return 0;
}
