#include "wire/dir/server_descriptor.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "wire/dir/lines.h"

namespace perfd::wire::dir {
namespace {

// Ten groups of four digits, or all forty at once; empty where it is none.
std::string read_fingerprint(std::string_view rest) {
  std::string out;
  for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
    out += word;
    if (out.size() > 40) return {};
  }
  if (out.size() != 40 || !unhex(out)) return {};
  return to_upper(out);
}

bool read_bandwidth(std::string_view rest, ServerDescriptor& out) {
  for (auto* const number : {&out.average, &out.burst, &out.observed}) {
    auto const value = parse_int<std::int64_t>(take_word(rest));
    if (!value || *value < 0) return false;
    *number = *value;
  }
  return true;
}

// One descriptor as far as its lines have come.
struct Reading {
  ServerDescriptor descriptor;
  bool bandwidth = false;

  [[nodiscard]] bool complete() const { return bandwidth && !descriptor.fingerprint.empty(); }
};

}  // namespace

ServerDescriptors parse_server_descriptors(std::string_view text) {
  ServerDescriptors out;
  std::optional<Reading> reading;
  auto const finish = [&] {
    if (!reading) return;
    if (reading->complete() && out.relays.size() < kMaxDescriptors)
      out.relays.push_back(std::move(reading->descriptor));
    else
      ++out.unreadable;
    reading.reset();
  };
  for (std::string_view line; take_line(text, line);) {
    auto keyword = take_word(line);
    if (keyword == "opt") keyword = take_word(line);  // of old relays
    if (keyword == "router") {
      finish();
      reading.emplace();
    } else if (reading && keyword == "fingerprint") {
      reading->descriptor.fingerprint = read_fingerprint(line);
    } else if (reading && keyword == "bandwidth") {
      reading->bandwidth = read_bandwidth(line, reading->descriptor);
    }
  }
  finish();
  return out;
}

}  // namespace perfd::wire::dir
