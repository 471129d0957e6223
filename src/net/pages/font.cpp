#include "net/pages/font.h"

#include <stdexcept>
#include <utility>
#include <vector>

#include "net/pages/big_endian.h"
#include "net/pages/noise.h"

namespace perfd::net {
namespace {

constexpr int kUnits = 1000;  // an em
constexpr int kAscent = 800;
constexpr int kDescent = 200;
constexpr int kAdvance = 600;  // of every character
constexpr int kFirst = 0x20;
constexpr int kLast = 0x7E;
constexpr int kGlyphs = kLast - kFirst + 2;  // and .notdef
constexpr int kSpace = 1;
constexpr int kMargin = 60;  // at a glyph's left
constexpr std::uint32_t kOne = 0x00010000;

using Table = std::pair<std::string, std::string>;  // tag and content

std::string head_table() {
  std::string out;
  put_u32(out, kOne);
  put_u32(out, kOne);
  put_u32(out, 0);  // checkSumAdjustment, filled in at the end
  put_u32(out, 0x5F0F3CF5);
  put_u16(out, 0x000B);
  put_u16(out, kUnits);
  for (int i = 0; i < 2; ++i) {  // created and modified: 1 January 2026, from 1904 on
    put_u32(out, 0);
    put_u32(out, 3850070400U);
  }
  for (int const edge : {0, 0, kAdvance, kAscent}) put_i16(out, edge);
  for (int const value : {0, 8, 2, 1, 0}) put_i16(out, value);  // …, offsets of 32 bits, …
  return out;
}

std::string hhea_table() {
  std::string out;
  put_u32(out, kOne);
  for (int const value : {kAscent, -kDescent, 0, kAdvance, 0, 0, kAdvance, 1, 0, 0})
    put_i16(out, value);
  for (int i = 0; i < 5; ++i) put_i16(out, 0);
  put_u16(out, kGlyphs);
  return out;
}

std::string maxp_table() {
  std::string out;
  put_u32(out, kOne);
  for (std::uint32_t const value : {kGlyphs, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0})
    put_u16(out, value);
  return out;
}

std::string os2_table() {
  std::string out;
  for (std::uint32_t const value : {4, kAdvance, 400, 5, 0}) put_u16(out, value);
  for (int const value : {650, 600, 0, 75, 650, 600, 0, 350, 50, 300, 0}) put_i16(out, value);
  out.append(10, '\0');                                                // panose
  for (std::uint32_t const range : {1, 0, 0, 0}) put_u32(out, range);  // basic Latin
  out += "PERF";
  for (std::uint32_t const value : {0x40, kFirst, kLast}) put_u16(out, value);
  for (int const value : {kAscent, -kDescent, 0, kAscent, kDescent}) put_i16(out, value);
  put_u32(out, 1);  // code page 1252
  put_u32(out, 0);
  for (int const value : {500, 700, 0, kFirst, 0}) put_i16(out, value);
  return out;
}

std::string cmap_table() {
  std::string out;
  for (std::uint32_t const value : {0, 1, 3, 1}) put_u16(out, value);  // Windows, Unicode
  put_u32(out, 12);
  // Format 4 with two segments, of which the last closes the table.
  for (std::uint32_t const value : {4, 32, 0, 4, 4, 1, 0}) put_u16(out, value);
  for (int const value : {kLast, 0xFFFF, 0, kFirst, 0xFFFF, kSpace - kFirst, 1, 0, 0})
    put_i16(out, value);
  return out;
}

std::string box(Noise& noise) {
  int const right = noise.between(kAdvance / 2, kAdvance - kMargin);
  int const top = noise.between(kAscent / 2, kAscent);
  std::string out;
  for (int const value : {1, kMargin, 0, right, top, 3, 0}) put_i16(out, value);
  out.append(4, '\x01');                                                 // four corners
  for (int const x : {kMargin, 0, right - kMargin, 0}) put_i16(out, x);  // from the one before
  for (int const y : {0, top, 0, -top}) put_i16(out, y);
  out.append(2, '\0');  // up to a multiple of 4
  return out;
}

// Outlines, and where each begins.
std::pair<std::string, std::string> glyph_tables(Noise& noise) {
  std::string outlines;
  std::string places;
  for (int glyph = 0; glyph < kGlyphs; ++glyph) {
    put_u32(places, static_cast<std::uint32_t>(outlines.size()));
    if (glyph != kSpace) outlines += box(noise);
  }
  put_u32(places, static_cast<std::uint32_t>(outlines.size()));
  return {outlines, places};
}

std::string hmtx_table() {
  std::string out;
  for (int glyph = 0; glyph < kGlyphs; ++glyph) {
    put_u16(out, kAdvance);
    put_i16(out, glyph == kSpace ? 0 : kMargin);
  }
  return out;
}

std::string name_table() {
  std::vector<std::pair<std::uint32_t, std::string>> const names = {
      {1, "perfd page"}, {2, "Regular"},     {3, "perfd page 1.0"},
      {4, "perfd page"}, {5, "Version 1.0"}, {6, "perfd-page"}};
  std::string out;
  std::string text;
  auto const count = static_cast<std::uint32_t>(names.size());
  for (std::uint32_t const value : {0U, count, 6 + 12 * count}) put_u16(out, value);
  for (auto const& [id, name] : names) {
    auto const at = static_cast<std::uint32_t>(text.size());
    for (auto const c : name) put_u16(text, static_cast<unsigned char>(c));
    auto const length = static_cast<std::uint32_t>(text.size()) - at;
    for (std::uint32_t const value : {3U, 1U, 0x409U, id, length, at}) put_u16(out, value);
  }
  return out + text;
}

std::string post_table() {
  std::string out;
  for (std::uint32_t const value : {0x00030000U, 0U}) put_u32(out, value);
  put_i16(out, -100);
  put_i16(out, 50);
  for (std::uint32_t const value : {1, 0, 0, 0, 0}) put_u32(out, value);  // every width is the same
  return out;
}

std::uint32_t sum_of(std::string_view padded) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < padded.size(); ++i)
    sum += static_cast<std::uint32_t>(static_cast<unsigned char>(padded[i])) << (24 - i % 4 * 8);
  return sum;
}

void pad(std::string& out) { out.append((4 - out.size() % 4) % 4, '\0'); }

}  // namespace

std::string make_font(std::size_t size, std::string_view name) {
  Noise noise(name);
  auto [outlines, places] = glyph_tables(noise);
  std::vector<Table> tables = {{"OS/2", os2_table()},
                               {"cmap", cmap_table()},
                               {"glyf", std::move(outlines)},
                               {"head", head_table()},
                               {"hhea", hhea_table()},
                               {"hmtx", hmtx_table()},
                               {"loca", std::move(places)},
                               {"maxp", maxp_table()},
                               {"name", name_table()},
                               {"post", post_table()},
                               {"prFd", {}}};
  auto const count = static_cast<std::uint32_t>(tables.size());
  std::size_t used = 12 + 16 * tables.size();
  for (auto const& [tag, content] : tables) used += (content.size() + 3) / 4 * 4;
  if (used > size || size % 4 != 0) throw std::invalid_argument("no font has that size");
  tables.back().second = noise.bytes(size - used);

  std::string directory;
  std::string body;
  std::size_t head_at = 0;
  put_u32(directory, kOne);
  // 8 is the largest power of two among the tables, for a search.
  for (std::uint32_t const value : {count, 8U * 16, 3U, (count - 8) * 16})
    put_u16(directory, value);
  for (auto const& [tag, content] : tables) {
    auto padded = content;
    pad(padded);
    auto const at = 12 + 16 * tables.size() + body.size();
    if (tag == "head") head_at = at;
    directory += tag;
    for (auto const value : {sum_of(padded), static_cast<std::uint32_t>(at),
                             static_cast<std::uint32_t>(content.size())})
      put_u32(directory, value);
    body += padded;
  }
  auto out = directory + body;
  std::string adjustment;
  put_u32(adjustment, 0xB1B0AFBAU - sum_of(out));
  out.replace(head_at + 8, 4, adjustment);
  return out;
}

}  // namespace perfd::net
