// Bodies for the HTTP fuzz targets: read whole or in pieces, with what must hold on the way.
#pragma once

#include <algorithm>
#include <string>

#include "support.h"
#include "wire/http/body_reader.h"

namespace perfd::fuzz {

struct ReadBody {
  std::string payload;
  std::size_t consumed = 0;
  bool done = false;
  int error = 0;
};

// Reads a body from `input`; `next_length` tells how much arrives at a time.
template <class NextLength>
ReadBody read_body(wire::http::Framing framing, Bytes input, NextLength next_length) {
  ReadBody result;
  wire::http::BodyReader body(framing);
  std::size_t available = 0;
  while (!body.done()) {
    if (result.consumed == available) {
      if (available == input.size()) break;
      available = std::min<std::size_t>(input.size(), available + next_length());
    }
    auto const arrived = input.subspan(result.consumed, available - result.consumed);
    auto const piece = body.receive(arrived);
    if (!piece) {
      FUZZ_REQUIRE(piece.error().code.failed());
      result.error = piece.error().code.value();
      return result;
    }
    FUZZ_REQUIRE(piece->consumed > 0 && piece->consumed <= arrived.size());
    FUZZ_REQUIRE(piece->data.size() <= piece->consumed);
    FUZZ_REQUIRE(piece->data.empty() ||
                 (piece->data.data() >= arrived.data() &&
                  piece->data.data() + piece->data.size() <= arrived.data() + piece->consumed));
    result.payload += wire::as_text(piece->data);
    result.consumed += piece->consumed;
  }
  FUZZ_REQUIRE(body.received() == result.payload.size());
  result.done = body.done();
  FUZZ_REQUIRE(body.end_of_input().has_value() ==
               (result.done || framing.kind == wire::http::Framing::Kind::kUntilClose));
  return result;
}

inline void require_same(ReadBody const& whole, ReadBody const& cut) {
  FUZZ_REQUIRE(whole.error == cut.error);
  FUZZ_REQUIRE(whole.done == cut.done);
  if (whole.error != 0) return;
  FUZZ_REQUIRE(whole.payload == cut.payload);
  FUZZ_REQUIRE(whole.consumed == cut.consumed);
}

}  // namespace perfd::fuzz
