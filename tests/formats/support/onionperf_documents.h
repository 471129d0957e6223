// Analysis documents for the tests: the real ones, cut down to some of their circuits and streams.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/onionperf_read.h"

namespace perfd::formats::test {

// What a reader handed out.
struct ReadDocument {
  OnionPerfHead head;
  std::vector<model::Measurement> measurements;
  std::vector<OnionPerfCircuit> circuits;
  std::vector<model::Stream> streams;
  std::string error;  // empty: none
};

[[nodiscard]] std::string document_text(std::string const& name);
// In pieces of this size.
[[nodiscard]] ReadDocument read_document(std::string_view text, std::size_t piece = 1U << 16U);
// The text with the first `from` replaced, which must be there.
[[nodiscard]] std::string changed(std::string text, std::string_view from, std::string_view to);

}  // namespace perfd::formats::test
