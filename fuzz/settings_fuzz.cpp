// perfd.toml as anybody might mangle it. Two properties beside survival: what loads is
// printed as TOML that loads to equal settings; what does not load says why, with places
// inside the text.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>

#include "config/config.h"

namespace {

using namespace perfd::config;

Loaded load_one(std::string text) {
  Source const source{"f", std::move(text)};
  return load(std::span(&source, 1));
}

void require(bool holds, char const* what, std::string const& shown) {
  if (holds) return;
  std::fprintf(stderr, "%s\n%s\n", what, shown.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size > kMaxFileBytes) return 0;
  std::string const text(reinterpret_cast<char const*>(data), size);
  auto const loaded = load_one(text);
  if (loaded) {
    auto const printed = effective_toml(*loaded);
    auto const again = load_one(printed);
    require(again.has_value(), "the effective settings don't load", printed);
    require(*again == *loaded, "the effective settings load to others", printed);
    auto const same = reload(*loaded, *again);
    require(same.applied.empty() && same.needs_restart.empty(), "equal settings differ", printed);
  } else {
    auto const lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    require(!loaded.error().list.empty(), "no reason is given", text);
    for (auto const& diagnostic : loaded.error().list)
      require(diagnostic.line <= lines && !diagnostic.message.empty(), "a place outside the text",
              to_string(diagnostic));
  }
  return 0;
}
