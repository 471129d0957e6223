// Takes a body out of the byte stream, by the framing that the head told.
//
// With Content-Length and until-close the caller's own bytes come back: no copy, no look at them.
// Chunked bodies are de-framed in place, piece by piece, also without copying; only a chunk header
// that is split between two reads is kept (at most 8 KiB). Nothing is allocated per piece.
//
//   while (!body.done()) {
//     auto piece = body.receive(buffered);      // Result<Piece>
//     use(piece->data); drop(piece->consumed);  // data lies inside `buffered`
//   }
//
// Thread: any one at a time. Source: RFC 9112 sections 6 and 7.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/result.h"
#include "wire/bytes.h"
#include "wire/http/error.h"
#include "wire/http/message.h"

namespace perfd::wire::http {

class BodyReader {
 public:
  struct Piece {
    ByteView data;             // payload, a part of the input; may be empty
    std::size_t consumed = 0;  // bytes of the input that are dealt with, framing included
  };

  // A body of more than `limit` payload bytes is kTooLarge: at once where its length is told.
  explicit BodyReader(Framing framing, std::optional<std::uint64_t> limit = std::nullopt);
  ~BodyReader();
  BodyReader(BodyReader&&) noexcept;
  BodyReader& operator=(BodyReader&&) noexcept;

  // The next run of payload in `input`. Consumes at least one byte of a non-empty input unless
  // done(); a chunked input may need several calls. Errors: kMalformed, kTooLarge.
  [[nodiscard]] Result<Piece> receive(ByteView input);
  [[nodiscard]] bool done() const { return done_; }
  // The connection ended: fine when done() or until-close (which becomes done), else kTruncated.
  [[nodiscard]] Result<void> end_of_input();

  [[nodiscard]] Framing const& framing() const { return framing_; }
  [[nodiscard]] std::uint64_t received() const { return received_; }  // payload bytes
  // Payload bytes that are still to come, where the length was told.
  [[nodiscard]] std::optional<std::uint64_t> remaining() const;

 private:
  class Chunks;

  Result<Piece> receive_chunked(ByteView input);

  Framing framing_;
  std::optional<std::uint64_t> limit_;
  std::uint64_t received_ = 0;
  bool done_ = false;
  std::unique_ptr<Chunks> chunks_;  // only for kChunked
};

}  // namespace perfd::wire::http
