// Named moments of a measurement, each with its source and its error bound.
//
// What a mark promises: the event happened no later than `at` and no earlier than
// `at - error_bound`. Bytes that wait in the kernel's receive queue are merged and
// keep the stamp of the last of them, so for the first byte of a burst the stamp
// alone would look exact and not be; the bound tells.
// Thread: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"

namespace perfd::model {

enum class MarkSource : std::uint8_t {
  clock,   // read by perfd when it did or saw the thing
  kernel,  // stamped by the kernel when the segment arrived
};

struct Mark {
  WallTime at{};
  MarkSource source = MarkSource::clock;
  Micros error_bound{0};

  friend bool operator==(Mark const&, Mark const&) = default;
};

// The marks that were reached, in the order in which they were set.
class Marks {
 public:
  struct Entry {
    std::string name;
    Mark mark;
    friend bool operator==(Entry const&, Entry const&) = default;
  };

  // The first setting of a name wins: a mark is a moment that happens once.
  void set(std::string_view mark_name, Mark mark) {
    if (find(mark_name) == nullptr) entries_.push_back({std::string(mark_name), mark});
  }
  [[nodiscard]] Mark const* find(std::string_view mark_name) const {
    for (auto const& entry : entries_)
      if (entry.name == mark_name) return &entry.mark;
    return nullptr;
  }
  [[nodiscard]] std::optional<WallTime> at(std::string_view mark_name) const {
    auto const* mark = find(mark_name);
    return mark == nullptr ? std::nullopt : std::optional(mark->at);
  }
  // Time from one mark to another, if both were reached.
  [[nodiscard]] std::optional<Micros> between(std::string_view from, std::string_view to) const {
    auto const a = at(from);
    auto const b = at(to);
    return a && b ? std::optional(*b - *a) : std::nullopt;
  }
  [[nodiscard]] std::vector<Entry> const& entries() const { return entries_; }
  [[nodiscard]] bool empty() const { return entries_.empty(); }

  friend bool operator==(Marks const&, Marks const&) = default;

 private:
  std::vector<Entry> entries_;
};

// Torperf's names, whose meaning is in docs/measurement.md.
namespace mark {
inline constexpr std::string_view kStart = "START";
inline constexpr std::string_view kSocket = "SOCKET";
inline constexpr std::string_view kConnect = "CONNECT";
inline constexpr std::string_view kNegotiate = "NEGOTIATE";
inline constexpr std::string_view kRequest = "REQUEST";
inline constexpr std::string_view kResponse = "RESPONSE";
inline constexpr std::string_view kDataRequest = "DATAREQUEST";
inline constexpr std::string_view kDataResponse = "DATARESPONSE";
inline constexpr std::string_view kDataComplete = "DATACOMPLETE";
// Of an upload: the first and the last byte of the body were handed to the socket, which is not
// to say that they were delivered.
inline constexpr std::string_view kHandedFirst = "HANDEDFIRST";
inline constexpr std::string_view kHandedLast = "HANDEDLAST";
// Names of the measurement server's own marks, in Measurement::server.
inline constexpr std::string_view kServerAccept = "ACCEPT";
inline constexpr std::string_view kServerTls = "TLS";          // handshake over; https only
inline constexpr std::string_view kServerRequest = "REQUEST";  // request head read
inline constexpr std::string_view kServerFirst =
    "FIRST_BYTE";  // first payload byte handed over or read
inline constexpr std::string_view kServerHalf = "HALF";
inline constexpr std::string_view kServerLast = "LAST_BYTE";
}  // namespace mark

[[nodiscard]] inline std::string dataperc_name(int percent) {
  return "DATAPERC" + std::to_string(percent);
}
[[nodiscard]] inline std::string partial_name(std::int64_t bytes) {
  return "PARTIAL" + std::to_string(bytes);
}

// The payload sizes whose moments are kept as PARTIAL marks (OnionPerf's).
inline constexpr std::int64_t kPartialSizes[] = {10240,  20480,   51200,   102400, 204800,
                                                 512000, 1048576, 2097152, 5242880};

}  // namespace perfd::model
