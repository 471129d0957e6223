#include "net/payload_file.h"

#include <algorithm>

#include "net/payload.h"

namespace perfd::net {
namespace {

constexpr std::size_t kFileSize = runtime::MemoryFile::kHugePage;
static_assert(kFileSize % kPayloadBlockSize == 0);

}  // namespace

PayloadFile::PayloadFile(std::uint64_t seed) : seed_(seed), file_(kFileSize) {
  auto const content = file_.bytes();
  auto const first = content.first(kPayloadBlockSize);
  fill_payload(seed, first);
  for (auto at = first.size(); at < content.size(); at += first.size())
    std::ranges::copy(first, content.begin() + static_cast<std::ptrdiff_t>(at));
  file_.gather();
}

std::size_t PayloadFile::block() const { return kPayloadBlockSize; }

}  // namespace perfd::net
