// What relays say of themselves: server descriptors, as GETINFO desc/all-recent answers them
// (dir-spec 2.1.1). Only the bandwidths are kept.
//
// Tolerant: a descriptor without a readable fingerprint or bandwidth line is left out and counted.
// Bounded: kMaxDescriptors. Thread: values and pure functions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace perfd::wire::dir {

struct ServerDescriptor {
  std::string fingerprint;  // 40 hex digits, upper case
  // Bytes per second: what it is willing to carry over long and over short, and what it has seen
  // itself carry.
  std::int64_t average = 0;
  std::int64_t burst = 0;
  std::int64_t observed = 0;

  // The least of the three, as Torperf took it.
  [[nodiscard]] std::int64_t self_advertised() const {
    return std::min({average, burst, observed});
  }
  friend bool operator==(ServerDescriptor const&, ServerDescriptor const&) = default;
};

inline constexpr std::size_t kMaxDescriptors = 100'000;

struct ServerDescriptors {
  std::vector<ServerDescriptor> relays;  // in the order of the text
  std::size_t unreadable = 0;            // descriptors that were left out
};

[[nodiscard]] ServerDescriptors parse_server_descriptors(std::string_view text);

}  // namespace perfd::wire::dir
