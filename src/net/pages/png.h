// A PNG image of an exact size in bytes, which nothing can compress.
//
// 16 colours, two pixels a byte, so that it has about the dimensions that a photograph of
// that size has on the web; the pixels are noise in stored blocks (RFC 1951 section 3.2.4), so
// that a browser decodes it almost for nothing. Source: the PNG specification, third edition.
// Internal to net. Thread: any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace perfd::net {

// The same for the same arguments. REQUIRES: 512 <= size < 16 MiB
[[nodiscard]] std::string make_png(std::size_t size, std::string_view name);

}  // namespace perfd::net
