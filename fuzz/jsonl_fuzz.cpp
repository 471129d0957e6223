// JSON lines. What the reader takes, a round trip must keep, byte for byte.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "formats/jsonl.h"
#include "formats/tpf.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace perfd::formats;
  auto const read = from_json_line({reinterpret_cast<char const*>(data), size});
  if (!read) return 0;
  auto const line = to_json_line(*read);
  auto const again = from_json_line(line);
  if (!again || !(*again == *read) || to_json_line(*again) != line) std::abort();
  if (auto const record = to_tpf(*read); record && !read_tpf(write_tpf(*record))) std::abort();
  return 0;
}
