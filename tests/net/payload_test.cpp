#include "net/payload.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/text.h"
#include "net/payload_file.h"

namespace perfd::net {
namespace {

TEST(Payload, TheBlockOfASeedIsFixedForGood) {
  // splitmix64's published first outputs for the seed 1234567.
  PayloadBlock const block(1234567, 64);
  std::uint64_t words[3];
  std::memcpy(words, block.bytes().data(), sizeof words);
  EXPECT_EQ(words[0], 6457827717110365317U);
  EXPECT_EQ(words[1], 3203168211198807973U);
  EXPECT_EQ(words[2], 9817491932198370423U);
}

TEST(Payload, SameSeedAndSizeShareOneBlock) {
  EXPECT_EQ(payload_block(5, 4096), payload_block(5, 4096));
  EXPECT_NE(payload_block(5, 4096), payload_block(6, 4096));
  EXPECT_NE(payload_block(5, 4096), payload_block(5, 8192));
}

TEST(PayloadFile, RepeatsTheBlockInMemoryAndInTheFile) {
  PayloadFile const file(1234567);
  auto const block = payload_block(1234567, file.block())->bytes();
  ASSERT_GT(file.bytes().size(), block.size());
  ASSERT_EQ(file.bytes().size() % block.size(), 0U);
  std::vector<std::byte> read(block.size());
  for (std::size_t at = 0; at < file.bytes().size(); at += block.size()) {
    EXPECT_TRUE(std::ranges::equal(file.bytes().subspan(at, block.size()), block)) << at;
    ASSERT_EQ(::pread(file.fd(), read.data(), read.size(), static_cast<off_t>(at)),
              static_cast<ssize_t>(read.size()));
    EXPECT_EQ(read, std::vector(block.begin(), block.end())) << at;
  }
}

TEST(PayloadTag, IsReadBackAsWritten) {
  PayloadTag const tag{0xfedcba9876543210, 77, 4096};
  EXPECT_EQ(tag.text(), "v1 seed=fedcba9876543210 offset=77 block=4096");
  EXPECT_EQ(PayloadTag::parse(tag.text()), tag);
}

TEST(PayloadTag, WhatIsOutOfBoundsIsNoTag) {
  for (auto const* text :
       {"", "v1", "v2 seed=01 offset=0 block=4096", "v1 seed=01 offset=4096 block=4096",
        "v1 seed=01 offset=0 block=0", "v1 seed=01 offset=0 block=12",
        "v1 seed=01 offset=0 block=16777224", "v1 seed=zz offset=0 block=4096",
        "v1 seed=01 offset=-1 block=4096", "v1 offset=0 block=4096", "v1 seed=01 offset=0"})
    EXPECT_FALSE(PayloadTag::parse(text)) << text;
}

std::vector<std::byte> run_of(PayloadTag const& tag, std::size_t size) {
  auto const block = payload_block(tag.seed, tag.block)->bytes();
  std::vector<std::byte> out;
  for (std::size_t i = 0; i < size; ++i) out.push_back(block[(tag.offset + i) % tag.block]);
  return out;
}

TEST(PayloadCheck, AcceptsARunThatWrapsInPiecesOfAnySize) {
  PayloadTag const tag{9, 1000, 1024};
  auto const payload = run_of(tag, 5000);
  for (std::size_t piece : {1U, 7U, 24U, 1024U, 3000U, 5000U}) {
    PayloadCheck check(tag);
    for (std::size_t at = 0; at < payload.size(); at += piece)
      ASSERT_TRUE(
          check.check(std::span(payload).subspan(at, std::min(piece, payload.size() - at))));
  }
}

TEST(PayloadCheck, TellsTheFirstByteThatDiffers) {
  PayloadTag const tag{9, 1000, 1024};
  for (std::size_t wrong : {0U, 23U, 24U, 25U, 1048U, 4999U}) {
    auto payload = run_of(tag, 5000);
    payload[wrong] ^= std::byte{1};
    PayloadCheck check(tag);
    for (std::size_t at = 0; at < payload.size(); at += 100)
      (void)check.check(std::span(payload).subspan(at, 100));
    EXPECT_EQ(check.first_difference(), wrong);
  }
}

}  // namespace
}  // namespace perfd::net
