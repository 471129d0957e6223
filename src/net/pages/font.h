// A TrueType font of an exact size in bytes, which nothing can compress.
//
// It has a box of its own height and width for each printable ASCII character; the rest of the size
// is noise in a table that no program knows. Not WOFF2: that is a compression of the same, and
// noise does not compress. Source: the OpenType specification, and the OpenType Sanitizer, through
// which browsers let a font pass.
// Internal to net. Thread: any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace perfd::net {

// The same for the same arguments. REQUIRES: size is a multiple of 4 from 8 KiB on
[[nodiscard]] std::string make_font(std::size_t size, std::string_view name);

}  // namespace perfd::net
