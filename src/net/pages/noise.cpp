#include "net/pages/noise.h"

namespace perfd::net {

Noise::Noise(std::string_view name) : state_(0xCBF29CE484222325U) {  // FNV-1a
  for (auto const c : name) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
}

std::uint64_t Noise::next() {
  auto z = state_ += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

int Noise::between(int low, int high) {
  return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1));
}

std::string Noise::bytes(std::size_t count) {
  std::string out;
  out.reserve(count + 8);
  while (out.size() < count) {
    auto word = next();
    for (int i = 0; i < 8; ++i, word >>= 8) out += static_cast<char>(word & 0xFF);
  }
  out.resize(count);
  return out;
}

std::string Noise::letters(std::size_t count) {
  static constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_ ";
  auto out = bytes(count);
  for (std::size_t i = 0; i < count; ++i)
    out[i] = i % 101 == 100 ? '\n' : kLetters[static_cast<unsigned char>(out[i]) % 64];
  return out;
}

std::string Noise::words(int count) {
  static constexpr std::string_view kConsonants = "bdfgklmnprstv";
  static constexpr std::string_view kVowels = "aeiou";
  std::string out;
  for (int i = 0; i < count; ++i) {
    if (i > 0) out += ' ';
    for (int syllables = between(2, 4); syllables > 0; --syllables) {
      out += kConsonants[next() % kConsonants.size()];
      out += kVowels[next() % kVowels.size()];
    }
  }
  return out;
}

}  // namespace perfd::net
