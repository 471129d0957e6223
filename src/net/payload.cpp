#include "net/payload.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <list>
#include <mutex>

#include "base/text.h"

namespace perfd::net {
namespace {

static_assert(std::endian::native == std::endian::little, "words of v1 are little-endian");

std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

// The value of "name=" at the front of `text`, which is moved behind it.
std::optional<std::string_view> take(std::string_view& text, std::string_view name) {
  text = trim(text);
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  auto const end = std::min(text.find(' '), text.size());
  auto const value = text.substr(0, end);
  text.remove_prefix(end);
  return value;
}

template <class Int>
std::optional<Int> take_number(std::string_view& text, std::string_view name, int base) {
  auto const value = take(text, name);
  return value ? parse_int<Int>(*value, base) : std::nullopt;
}

}  // namespace

void fill_payload(std::uint64_t seed, std::span<std::byte> out) {
  auto state = seed;
  for (std::size_t at = 0; at + sizeof state <= out.size(); at += sizeof state) {
    state += 0x9E3779B97F4A7C15U;
    auto const word = mix(state);
    std::memcpy(out.data() + at, &word, sizeof word);
  }
}

PayloadBlock::PayloadBlock(std::uint64_t seed, std::size_t size) : seed_(seed), bytes_(size) {
  fill_payload(seed, bytes_);
}

std::shared_ptr<PayloadBlock const> payload_block(std::uint64_t seed, std::size_t size) {
  // A client meets one server, or a few; a foreign one that names a new seed each time
  // costs time, but no memory.
  constexpr std::size_t kKept = 4;
  static std::mutex mutex;
  static std::list<std::shared_ptr<PayloadBlock const>> recent;
  std::lock_guard const lock(mutex);
  auto const known = std::find_if(recent.begin(), recent.end(), [&](auto const& block) {
    return block->seed() == seed && block->size() == size;
  });
  if (known != recent.end())
    recent.splice(recent.begin(), recent, known);
  else
    recent.push_front(std::make_shared<PayloadBlock const>(seed, size));
  if (recent.size() > kKept) recent.pop_back();
  return recent.front();
}

std::string PayloadTag::text() const {
  return fmt::format("v1 seed={:016x} offset={} block={}", seed, offset, block);
}

std::optional<PayloadTag> PayloadTag::parse(std::string_view text) {
  if (!text.starts_with("v1 ")) return std::nullopt;
  text.remove_prefix(3);
  auto const seed = take_number<std::uint64_t>(text, "seed=", 16);
  auto const offset = take_number<std::uint64_t>(text, "offset=", 10);
  auto const block = take_number<std::uint64_t>(text, "block=", 10);
  if (!seed || !offset || !block) return std::nullopt;
  if (*block == 0 || *block % 8 != 0 || *block > kMaxPayloadBlock || *offset >= *block)
    return std::nullopt;
  return PayloadTag{*seed, *offset, *block};
}

PayloadCheck::PayloadCheck(PayloadTag const& tag)
    : block_(payload_block(tag.seed, tag.block)), position_(tag.offset) {}

bool PayloadCheck::check(std::span<const std::byte> piece) {
  auto const block = block_->bytes();
  while (!piece.empty() && !difference_) {
    auto const run = std::min(piece.size(), block.size() - position_);
    auto const expected = block.subspan(position_, run);
    if (std::memcmp(piece.data(), expected.data(), run) != 0) {
      auto const [at, unused] = std::mismatch(expected.begin(), expected.end(), piece.begin());
      difference_ = checked_ + static_cast<std::uint64_t>(at - expected.begin());
      break;
    }
    checked_ += run;
    position_ = position_ + run == block.size() ? 0 : position_ + run;
    piece = piece.subspan(run);
  }
  return !difference_;
}

}  // namespace perfd::net
