// Hostile directory documents, as status entries and as descriptors: whatever is kept is whole,
// and a text that comes twice has twice as many entries.
#include <string>

#include "support.h"
#include "wire/dir/router_status.h"
#include "wire/dir/server_descriptor.h"

namespace {

using namespace perfd::wire::dir;

void require_fingerprint(std::string const& text) {
  FUZZ_REQUIRE(text.size() == 40);
  FUZZ_REQUIRE(text.find_first_not_of("0123456789ABCDEF") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string const text(reinterpret_cast<char const*>(data), size);
  auto const twice = text + "\n" + text;

  auto const statuses = parse_router_statuses(text);
  FUZZ_REQUIRE(statuses.relays.size() <= kMaxRelays);
  for (auto const& relay : statuses.relays) {
    require_fingerprint(relay.fingerprint);
    FUZZ_REQUIRE(relay.bandwidth.value_or(0) >= 0);
    FUZZ_REQUIRE(relay.nickname.size() <= 19 && relay.address.size() <= 15);
  }
  auto const more = parse_router_statuses(twice);
  FUZZ_REQUIRE(more.relays.size() + more.unreadable ==
               2 * (statuses.relays.size() + statuses.unreadable));

  auto const descriptors = parse_server_descriptors(text);
  FUZZ_REQUIRE(descriptors.relays.size() <= kMaxDescriptors);
  for (auto const& relay : descriptors.relays) {
    require_fingerprint(relay.fingerprint);
    FUZZ_REQUIRE(relay.self_advertised() >= 0 && relay.self_advertised() <= relay.observed);
  }
  auto const again = parse_server_descriptors(twice);
  FUZZ_REQUIRE(again.relays.size() + again.unreadable ==
               2 * (descriptors.relays.size() + descriptors.unreadable));
  return 0;
}
