// Images and fonts of the built-in pages are what they say, by other people's decoders where there
// are any.
#include <gtest/gtest.h>

#include <boost/beast/zlib/inflate_stream.hpp>
#include <boost/crc.hpp>
#include <map>

#include "net/pages/font.h"
#include "net/pages/png.h"

namespace perfd::net {
namespace {

std::uint32_t u32(std::string_view bytes, std::size_t at) {
  std::uint32_t out = 0;
  for (auto const c : bytes.substr(at, 4)) out = out << 8 | static_cast<unsigned char>(c);
  return out;
}
std::uint32_t u16(std::string_view bytes, std::size_t at) { return u32(bytes, at) >> 16; }

struct Chunk {
  std::string type;
  std::string_view data;
};

std::vector<Chunk> chunks_of(std::string_view png) {
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  png.remove_prefix(8);
  std::vector<Chunk> out;
  while (png.size() >= 12) {
    auto const length = u32(png, 0);
    auto const covered = png.substr(4, 4 + length);
    boost::crc_32_type crc;
    crc.process_bytes(covered.data(), covered.size());
    EXPECT_EQ(crc.checksum(), u32(png, 8 + length)) << covered.substr(0, 4);
    out.push_back({std::string(covered.substr(0, 4)), covered.substr(4)});
    png.remove_prefix(12 + length);
  }
  EXPECT_TRUE(png.empty());
  return out;
}

// The content of a zlib stream (RFC 1950), by Beast's inflate.
std::string inflate(std::string_view stream) {
  EXPECT_EQ(u16(stream, 0) % 31, 0U);
  EXPECT_EQ(stream.at(0) & 0x0F, 8);
  auto const deflated = stream.substr(2, stream.size() - 6);
  std::string out(stream.size() + 1000, '\0');
  boost::beast::zlib::inflate_stream inflater;
  boost::beast::zlib::z_params step{};
  step.next_in = deflated.data();
  step.avail_in = deflated.size();
  step.next_out = out.data();
  step.avail_out = out.size();
  boost::system::error_code error;
  inflater.write(step, boost::beast::zlib::Flush::finish, error);
  EXPECT_EQ(error, boost::beast::zlib::error::end_of_stream);
  EXPECT_EQ(step.avail_in, 0U);
  out.resize(step.total_out);
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (auto const c : out) b = (b + (a = (a + static_cast<unsigned char>(c)) % 65521)) % 65521;
  EXPECT_EQ(u32(stream, stream.size() - 4), b << 16 | a);
  return out;
}

class PngTest : public testing::TestWithParam<std::size_t> {};

TEST_P(PngTest, IsAWholeImageOfExactlyThatSize) {
  auto const png = make_png(GetParam(), "one");
  ASSERT_EQ(png.size(), GetParam());
  auto const chunks = chunks_of(png);
  ASSERT_GE(chunks.size(), 4U);
  EXPECT_EQ(chunks.front().type, "IHDR");
  EXPECT_EQ(chunks.back().type, "IEND");
  auto const header = chunks.front().data;
  auto const width = u32(header, 0);
  auto const height = u32(header, 4);
  EXPECT_EQ(header.substr(8), std::string("\x04\x03\x00\x00\x00", 5));
  EXPECT_EQ(chunks.at(1).type, "PLTE");
  EXPECT_EQ(chunks.at(1).data.size(), 48U);
  ASSERT_EQ(chunks.at(2).type, "IDAT");
  auto const pixels = inflate(chunks.at(2).data);
  auto const row = 1 + width / 2;
  ASSERT_EQ(pixels.size(), row * height);
  for (std::size_t at = 0; at < pixels.size(); at += row) EXPECT_EQ(pixels[at], 0);
  // About 4:3, and most of the size is pixels.
  if (GetParam() < 4096) return;
  EXPECT_NEAR(static_cast<double>(width) / height, 4.0 / 3, 0.2);
  EXPECT_GT(pixels.size() * 10, GetParam() * 9);
}
INSTANTIATE_TEST_SUITE_P(Sizes, PngTest,
                         testing::Values(512, 513, 700, 1024, 2048, 4096, 8192, 24576, 65535, 65536,
                                         66000, 200000, 327680));

TEST(Png, EverySizeIsMet) {
  for (std::size_t size = 512; size < 3000; ++size) {
    auto const png = make_png(size, "x");
    ASSERT_EQ(png.size(), size);
    EXPECT_EQ(chunks_of(png).back().type, "IEND");
  }
}

TEST(Png, TheNameDecidesTheContent) {
  EXPECT_EQ(make_png(4096, "a"), make_png(4096, "a"));
  EXPECT_NE(make_png(4096, "a"), make_png(4096, "b"));
}

std::uint32_t sum(std::string padded) {
  padded.append((4 - padded.size() % 4) % 4, '\0');
  std::uint32_t out = 0;
  for (std::size_t at = 0; at < padded.size(); at += 4) out += u32(padded, at);
  return out;
}

TEST(Font, IsAWholeFontOfExactlyThatSize) {
  for (std::size_t const size : {8192UL, 23552UL, 49152UL}) {
    auto const font = make_font(size, "one");
    ASSERT_EQ(font.size(), size);
    EXPECT_EQ(sum(font), 0xB1B0AFBAU);
    std::map<std::string, std::string> tables;
    std::size_t end = 12 + 16 * u16(font, 4);
    for (std::size_t i = 0; i < u16(font, 4); ++i) {
      auto const entry = std::string_view(font).substr(12 + 16 * i, 16);
      std::string const tag(entry.substr(0, 4));
      EXPECT_TRUE(tables.empty() || tables.rbegin()->first < tag);
      EXPECT_EQ(u32(entry, 8), end);  // one behind the other
      tables[tag] = font.substr(u32(entry, 8), u32(entry, 12));
      if (tag != "head") {
        EXPECT_EQ(sum(tables[tag]), u32(entry, 4)) << tag;
      }
      end += (u32(entry, 12) + 3) / 4 * 4;
    }
    EXPECT_EQ(end, size);
    EXPECT_EQ(tables.at("head").size(), 54U);
    EXPECT_EQ(tables.at("hhea").size(), 36U);
    EXPECT_EQ(tables.at("maxp").size(), 32U);
    EXPECT_EQ(tables.at("OS/2").size(), 96U);
    EXPECT_EQ(tables.at("post").size(), 32U);
    auto const glyphs = u16(tables.at("maxp"), 4);
    EXPECT_EQ(tables.at("hmtx").size(), 4 * glyphs);
    auto const& loca = tables.at("loca");
    ASSERT_EQ(loca.size(), 4 * (glyphs + 1));
    EXPECT_EQ(u32(loca, 4 * glyphs), tables.at("glyf").size());
    EXPECT_GT(tables.at("prFd").size(), size - 8192);
  }
}

}  // namespace
}  // namespace perfd::net
