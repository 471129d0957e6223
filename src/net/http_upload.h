// The HTTP side of an upload without its I/O: the request's head, and what to make of the answer.
// Internal to net.
// Thread: the loop's. Ownership: refers to spec, body and trace.
#pragma once

#include <optional>
#include <string>

#include "net/measured_socket.h"
#include "net/upload_body.h"
#include "wire/http/body_reader.h"
#include "wire/http/head_parser.h"

namespace perfd::net {

// kBadSpec where host or target can't stand in a request.
[[nodiscard]] Result<std::string> upload_request(TransferSpec const& spec, UploadBody const& body);

// The answer to an upload. perfd's server tells how many bytes it got and their SHA-256. What
// else a server says, beyond a status of 2xx, is dropped.
class UploadAnswer {
 public:
  UploadAnswer(TransferSpec const& spec, UploadBody const& body, TransferTrace& trace)
      : spec_(spec), body_(body), trace_(trace) {}

  // Takes the socket's last chunk.
  [[nodiscard]] Result<> receive(MeasuredSocket& socket);
  // The stream ended in order.
  [[nodiscard]] Result<> end(MeasuredSocket& socket);
  [[nodiscard]] bool done() const { return done_; }
  // The final status is there: no interim answer (1xx) any more.
  [[nodiscard]] bool has_begun() const { return reader_.has_value(); }

 private:
  Result<> take(MeasuredSocket& socket, wire::ByteView input);
  Result<> finish(MeasuredSocket& socket, bool ends_read);
  [[nodiscard]] Result<> compare();

  TransferSpec const& spec_;
  UploadBody const& body_;
  TransferTrace& trace_;
  wire::http::ResponseParser parser_;
  std::optional<wire::http::BodyReader> reader_;
  std::string text_;
  bool responded_ = false;
  bool done_ = false;
};

}  // namespace perfd::net
