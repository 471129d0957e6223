// The HTTP side of a download without its I/O: the request's bytes, and what to make of the
// response as it comes. Internal to net.
// Thread: the loop's. Ownership: refers to the trace and, while it is fed, to the socket.
#pragma once

#include <optional>
#include <string>

#include "net/measured_socket.h"
#include "net/payload.h"
#include "net/progress_marks.h"
#include "wire/http/body_reader.h"
#include "wire/http/head_parser.h"

namespace perfd::net {

// kBadSpec where host or target can't stand in a request.
[[nodiscard]] Result<std::string> download_request(TransferSpec const& spec);

class HttpDownload {
 public:
  HttpDownload(TransferSpec const& spec, TransferTrace& trace) : spec_(spec), trace_(trace) {}

  // Takes the socket's last chunk.
  [[nodiscard]] Result<> receive(MeasuredSocket& socket);
  // The stream ended in order.
  [[nodiscard]] Result<> end(MeasuredSocket& socket);
  [[nodiscard]] bool done() const { return done_; }

 private:
  Result<> start_body(MeasuredSocket& socket, bool head_ends_chunk);
  Result<> take_body(MeasuredSocket& socket, wire::ByteView input);
  Result<> finish(MeasuredSocket& socket, bool ends_read);

  TransferSpec const& spec_;
  TransferTrace& trace_;
  wire::http::ResponseParser parser_;
  std::optional<wire::http::BodyReader> body_;
  std::optional<PayloadCheck> check_;
  std::optional<ProgressMarks> progress_;
  std::int64_t received_ = 0;  // payload bytes
  bool responded_ = false;     // a byte of the response has come
  bool done_ = false;
};

}  // namespace perfd::net
