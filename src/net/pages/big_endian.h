// Writes the numbers of PNG and TrueType, which are big-endian. Internal to net. Thread: any.
#pragma once

#include <cstdint>
#include <string>

namespace perfd::net {

inline void put_u16(std::string& out, std::uint32_t value) {
  out += static_cast<char>(value >> 8 & 0xFF);
  out += static_cast<char>(value & 0xFF);
}
inline void put_i16(std::string& out, int value) {
  put_u16(out, static_cast<std::uint32_t>(value) & 0xFFFF);
}
inline void put_u32(std::string& out, std::uint32_t value) {
  put_u16(out, value >> 16);
  put_u16(out, value & 0xFFFF);
}

}  // namespace perfd::net
