// A text from an address, through a SOCKS 5 proxy that resolves its name: by libcurl.
//
// The server is not trusted: what it sends is bounded in size and time, and redirects lead to
// http:// and https:// alone, through the same proxy. Settings in the environment have no effect.
// Thread: any; blocks.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>

#include "base/result.h"
#include "base/units.h"
#include "runtime/address.h"

namespace perfd::lists {

struct FetchSpec {
  std::string url{};
  runtime::Address proxy{};
  std::string username{};  // at the proxy: tor gives streams of another user other circuits
  Nanos limit = std::chrono::minutes{5};
  std::size_t max_size = std::size_t{64} << 20;  // bytes, decompressed
  // The transfer is ended after so many lines, and what came is the text.
  std::size_t max_lines = 0;  // 0: no bound
};

// Errors: curl's, by its own words; a status other than 200; too large; stopped. `stop` ends it
// within about a second.
[[nodiscard]] Result<std::string> fetch(FetchSpec const& spec, std::atomic<bool> const& stop);

}  // namespace perfd::lists
