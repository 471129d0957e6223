#include "formats/imported.h"

#include <algorithm>
#include <cstdint>

#include "base/id.h"
#include "base/text.h"

namespace perfd::formats {
namespace {

// The part in front of the next ':' that is not in brackets.
std::string take_part(std::string_view& rest) {
  if (rest.starts_with('[')) {
    auto const end = rest.find(']');
    if (end != std::string_view::npos) {
      std::string part(rest.substr(1, end - 1));
      rest.remove_prefix(std::min(rest.size(), end + 2));
      return part;
    }
  }
  auto const end = rest.find(':');
  std::string part(rest.substr(0, end));
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

// Digits only, in a loop of its own: a log has a million of them.
std::optional<std::int64_t> plain_number(std::string_view digits) {
  std::int64_t value = 0;
  for (char const c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

// FNV-1a twice, in the place of randomness.
std::string imported_id(WallTime start, std::string_view text) {
  std::uint64_t first = 0xcbf29ce484222325U;
  std::uint64_t second = 0x84222325cbf29ce4U;
  for (char const c : text) {
    first = (first ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    second = (second ^ first) * 0x100000001b3U;
  }
  IdEntropy entropy{};
  for (std::size_t i = 0; i < entropy.size(); ++i)
    entropy[i] =
        static_cast<std::byte>((i < 8 ? first >> (8 * i) : second >> (8 * (i - 8))) & 0xFFU);
  return make_id(start, entropy);
}

model::Endpoint endpoint_from(std::string_view text) {
  model::Endpoint endpoint;
  endpoint.host = take_part(text);
  endpoint.address = take_part(text);
  endpoint.port = parse_int<std::uint16_t>(text).value_or(0);
  if (endpoint.address == "0.0.0.0") endpoint.address.clear();
  return endpoint;
}

std::string imported_target(model::Endpoint const& remote, std::string_view local_name,
                            std::string_view remote_name) {
  if (remote.host.ends_with(".onion")) return "onion";
  // "(null)" is the C library's word for a name that was not learned.
  if (remote_name.empty() || remote_name == "(null)" || remote_name == local_name) return "direct";
  return "http://" + remote.host + ":" + std::to_string(remote.port) + "/";
}

std::string one_word(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c <= ' ' || c >= 0x7F || c == '=') c = '_';
  return out;
}

std::string endpoint_text(model::Endpoint const& endpoint) {
  auto const part = [](std::string_view text) {
    return text.find(':') == std::string_view::npos ? std::string(text)
                                                    : "[" + std::string(text) + "]";
  };
  auto const address = endpoint.address.empty() ? "0.0.0.0" : part(endpoint.address);
  auto const host = endpoint.host.empty() ? address : part(endpoint.host);
  return one_word(host + ":" + address + ":" + std::to_string(endpoint.port));
}

std::optional<WallTime> log_time(std::string_view text) {
  auto const dot = text.find('.');
  if (dot == 0 || dot > 11) return std::nullopt;  // npos, too
  auto const fraction = text.substr(dot + 1);
  if (fraction.empty() || fraction.size() > 6) return std::nullopt;
  auto const whole = plain_number(text.substr(0, dot));
  auto const part = plain_number(fraction);
  if (!whole || !part) return std::nullopt;
  std::int64_t us = *part;
  for (auto i = fraction.size(); i < 6; ++i) us *= 10;
  return wall_from_us(*whole * 1'000'000 + us);
}

}  // namespace perfd::formats
