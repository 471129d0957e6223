#include "net/pages/png.h"

#include <algorithm>
#include <boost/crc.hpp>
#include <cmath>
#include <stdexcept>

#include "net/pages/big_endian.h"
#include "net/pages/noise.h"

namespace perfd::net {
namespace {

constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
constexpr std::size_t kColours = 16;
constexpr std::size_t kChunkFrame = 12;  // length, type and CRC
constexpr std::size_t kStoredBlock = 65535;

void put_chunk(std::string& out, std::string_view type, std::string_view data) {
  put_u32(out, static_cast<std::uint32_t>(data.size()));
  boost::crc_32_type crc;
  crc.process_bytes(type.data(), type.size());
  crc.process_bytes(data.data(), data.size());
  out += type;
  out += data;
  put_u32(out, crc.checksum());
}

std::uint32_t adler32(std::string_view data) {  // RFC 1950 section 8.2
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (auto const c : data) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

std::size_t stored_size(std::size_t raw) {
  return 2 + (raw + kStoredBlock - 1) / kStoredBlock * 5 + raw + 4;
}

// A zlib stream of stored blocks.
std::string stored(std::string_view raw) {
  std::string out = "\x78\x01";
  for (std::size_t at = 0; at < raw.size(); at += kStoredBlock) {
    auto const block = raw.substr(at, kStoredBlock);
    bool const last = at + block.size() == raw.size();
    auto const length = static_cast<unsigned>(block.size());
    out += static_cast<char>(last ? 1 : 0);
    for (auto const number : {length, ~length}) {  // little-endian
      out += static_cast<char>(number & 0xFF);
      out += static_cast<char>(number >> 8 & 0xFF);
    }
    out += block;
  }
  put_u32(out, adler32(raw));
  return out;
}

struct Shape {
  std::size_t row;  // bytes of one, the filter's among them; it has (row - 1) * 2 pixels
  std::size_t rows;
  std::size_t rest;  // bytes for a chunk that fills up; 0: none
};

// As near to 4:3 as whole rows allow, within `room` bytes for the pixels' chunk and a filler.
Shape shape_for(std::size_t room) {
  auto const pixels = 2.0 * static_cast<double>(room);
  auto const row = static_cast<std::size_t>(std::sqrt(pixels * 4 / 3) / 2) + 1;
  for (auto rows = room / row; rows > 0; --rows) {
    auto const used = kChunkFrame + stored_size(row * rows);
    if (used == room) return {row, rows, 0};
    if (used + kChunkFrame <= room) return {row, rows, room - used};
  }
  throw std::invalid_argument("no PNG is that small");
}

}  // namespace

std::string make_png(std::size_t size, std::string_view name) {
  Noise noise(name);
  auto const palette = noise.bytes(kColours * 3);
  auto const fixed =
      kSignature.size() + kChunkFrame + 13 + kChunkFrame + palette.size() + kChunkFrame;
  auto const shape = shape_for(size - std::min(size, fixed));

  std::string header;
  put_u32(header, static_cast<std::uint32_t>((shape.row - 1) * 2));
  put_u32(header, static_cast<std::uint32_t>(shape.rows));
  header += {4, 3, 0, 0, 0};  // bits a pixel, palette, deflate, filters, not interlaced
  auto pixels = noise.bytes(shape.row * shape.rows);
  for (std::size_t row = 0; row < shape.rows; ++row) pixels[row * shape.row] = 0;  // no filter

  std::string out(kSignature);
  put_chunk(out, "IHDR", header);
  put_chunk(out, "PLTE", palette);
  put_chunk(out, "IDAT", stored(pixels));
  // Private and ancillary: decoders pass it by.
  if (shape.rest > 0) put_chunk(out, "prFd", noise.bytes(shape.rest - kChunkFrame));
  put_chunk(out, "IEND", {});
  return out;
}

}  // namespace perfd::net
