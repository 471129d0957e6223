#include "net/upload_body.h"

#include <algorithm>
#include <list>

#include "net/digest.h"
#include "runtime/random.h"

namespace perfd::net {
namespace {

constexpr std::size_t kKept = 32;  // sizes, those used last; an experiment has one

std::uint64_t seed_of_this_process() {
  static std::uint64_t const seed = runtime::random_u64();
  return seed;
}

}  // namespace

std::shared_ptr<UploadBody const> UploadBody::of(std::int64_t size) {
  static std::mutex mutex;
  static std::list<std::shared_ptr<UploadBody const>> recent;
  std::lock_guard const lock(mutex);
  auto const known = std::find_if(recent.begin(), recent.end(),
                                  [&](auto const& body) { return body->size() == size; });
  if (known != recent.end())
    recent.splice(recent.begin(), recent, known);
  else
    recent.push_front(std::shared_ptr<UploadBody const>(new UploadBody(size)));
  if (recent.size() > kKept) recent.pop_back();
  return recent.front();
}

UploadBody::UploadBody(std::int64_t size)
    : size_(size), block_(payload_block(seed_of_this_process(), kPayloadBlockSize)) {}

std::string const& UploadBody::sha256() const {
  std::call_once(digested_, [this] {
    Sha256 digest;
    for (std::int64_t at = 0; at < size_;) {
      auto const next = piece(at, size_);
      digest.add(next);
      at += static_cast<std::int64_t>(next.size());
    }
    sha256_ = digest.hex();
  });
  return sha256_;
}

std::span<const std::byte> UploadBody::piece(std::int64_t at, std::int64_t most) const {
  auto const block = static_cast<std::int64_t>(block_->size());
  auto const from = at % block;
  auto const count = std::min({most, size_ - at, block - from});
  return block_->bytes().subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(count));
}

}  // namespace perfd::net
