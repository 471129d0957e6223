#include "wire/dns/name.h"

#include <fmt/format.h>

#include "base/text.h"

namespace perfd::wire::dns {
namespace {

void append_label(std::string& text, ByteView label) {
  if (!text.empty()) text += '.';
  for (auto const byte : label) {
    auto const c = std::to_integer<unsigned>(byte);
    if (c > ' ' && c < 0x7F && c != '.' && c != '\\')
      text += static_cast<char>(c);
    else
      text += fmt::format("\\{:03}", c);
  }
}

// The next character of a label, with "\DDD" decoded; nothing where the escape is broken.
std::optional<std::byte> next_byte(std::string_view text, std::size_t& at) {
  if (text[at] != '\\') return static_cast<std::byte>(text[at++]);
  if (at + 4 > text.size()) return std::nullopt;
  auto const code = parse_int<unsigned>(text.substr(at + 1, 3));
  if (!code || *code > 255) return std::nullopt;
  at += 4;
  return static_cast<std::byte>(*code);
}

}  // namespace

std::optional<std::string> read_name(ByteView message, std::size_t& at) {
  std::string text;
  std::size_t length = 1;              // on the wire without pointers, with the root's zero
  std::size_t end = 0;                 // behind the first pointer, where reading goes on
  std::size_t limit = message.size();  // pointers must lead to before this
  for (std::size_t cursor = at; cursor < message.size();) {
    auto const size = std::to_integer<std::size_t>(message[cursor]);
    if (size == 0) {
      at = end != 0 ? end : cursor + 1;
      return text;
    }
    if (size >= 0xC0) {
      if (cursor + 2 > message.size()) return std::nullopt;
      auto const target = (size & 0x3F) << 8 | std::to_integer<std::size_t>(message[cursor + 1]);
      if (end == 0) {
        end = cursor + 2;
        limit = at;
      }
      if (target >= limit) return std::nullopt;
      limit = target;
      cursor = target;
      continue;
    }
    length += 1 + size;
    if (size > kMaxLabel || length > kMaxWireName || cursor + 1 + size > message.size())
      return std::nullopt;
    append_label(text, message.subspan(cursor + 1, size));
    cursor += 1 + size;
  }
  return std::nullopt;
}

bool append_name(std::vector<std::byte>& out, std::string_view text) {
  auto const start = out.size();
  auto const broken = [&] {
    out.resize(start);
    return false;
  };
  if (text.ends_with('.')) text.remove_suffix(1);
  for (std::size_t at = 0; at < text.size();) {
    auto const length_at = out.size();
    out.push_back(std::byte{0});
    while (at < text.size() && text[at] != '.') {
      auto const byte = next_byte(text, at);
      if (!byte) return broken();
      out.push_back(*byte);
    }
    auto const size = out.size() - length_at - 1;
    if (size == 0 || size > kMaxLabel || out.size() - start >= kMaxWireName) return broken();
    out[length_at] = static_cast<std::byte>(size);
    if (at < text.size() && ++at == text.size()) return broken();  // "a..": one dot was taken above
  }
  out.push_back(std::byte{0});
  return true;
}

}  // namespace perfd::wire::dns
