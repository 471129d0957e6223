// Incremental parsers of request and response heads.
//
// Bytes are fed as they come; a head is complete with its empty line, and what lies behind it is
// left to the caller (a body, the next request). A line that ends in a bare LF, a head over
// 16 KiB and more than 100 fields are errors at once, not at a deadline. The syntax itself is
// Boost.Beast's. Thread: any one at a time. Ownership: the heads own their text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.h"
#include "wire/bytes.h"
#include "wire/http/error.h"
#include "wire/http/message.h"

namespace perfd::wire::http {

// Finds the end of a head in bytes that come in pieces, and keeps them until then.
class HeadCollector {
 public:
  // Consumes up to and with the empty line; complete() tells whether it was reached.
  // An empty line at the very beginning is complete, too. Errors: kMalformed (bare LF), kTooLarge.
  [[nodiscard]] Result<std::size_t> receive(ByteView input);
  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] std::string const& text() const { return text_; }
  void clear();

 private:
  std::string text_;
  bool complete_ = false;
};

// Server side. After take() it is ready for the connection's next request.
class RequestParser {
 public:
  // Returns how many bytes were consumed; stops behind the head. Takes nothing while done().
  // Errors: kMalformed, kTooLarge, kUnsupportedVersion, kBadTarget; status_for() gives the answer.
  [[nodiscard]] Result<std::size_t> receive(ByteView input);
  [[nodiscard]] bool done() const { return head_.has_value(); }
  // True while nothing of a request has come: closing now is how a kept-alive connection ends.
  [[nodiscard]] bool idle() const { return !head_ && collector_.empty(); }
  // The client closed the connection: kTruncated. Ask idle() first.
  [[nodiscard]] Error end_of_input() const;

  [[nodiscard]] RequestHead const& head() const { return *head_; }  // requires done()
  [[nodiscard]] RequestHead take();                                 // requires done()

 private:
  HeadCollector collector_;
  std::optional<RequestHead> head_;
  int blank_lines_ = 0;
};

// Client side, for one request. Skips interim (1xx) responses.
class ResponseParser {
 public:
  // `to_head`: the request was HEAD, so that no body follows whatever the fields say.
  explicit ResponseParser(bool to_head = false) : to_head_(to_head) {}

  // Returns how many bytes were consumed; stops behind the final head.
  // Errors: kMalformed (101 too: nobody asked for it), kTooLarge, kUnsupportedVersion,
  // kTooManyInterim.
  [[nodiscard]] Result<std::size_t> receive(ByteView input);
  [[nodiscard]] bool done() const { return head_.has_value(); }
  [[nodiscard]] int interim_count() const { return interim_count_; }
  [[nodiscard]] bool continue_received() const { return continue_received_; }  // "100 Continue"
  // The server closed the connection before done(): kTruncated, and whether anything had come.
  [[nodiscard]] Error end_of_input() const;

  [[nodiscard]] ResponseHead const& head() const { return *head_; }  // requires done()

 private:
  HeadCollector collector_;
  std::optional<ResponseHead> head_;
  bool to_head_;
  bool continue_received_ = false;
  int interim_count_ = 0;
};

}  // namespace perfd::wire::http
