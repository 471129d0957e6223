// Writes heads of requests and responses.
//
// Appends to the caller's string, which can be reused from message to message. What is given must
// be fit to stand in a head: names that are no tokens, values or targets with control characters
// throw std::invalid_argument (a bug: what came from outside is checked where it came in).
//
//   std::string out;
//   HeadWriter(out).response(200).field("Content-Length", 51200).end();
//   HeadWriter(out).request("GET", "/urandom/51200").field("Host", "192.0.2.1").end();
//
// Thread: any one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/http/message.h"

namespace perfd::wire::http {

class HeadWriter {
 public:
  explicit HeadWriter(std::string& out) : out_(out) {}

  // Status line. An empty reason stands for the usual text of the status.
  HeadWriter& response(int status, int minor_version = 1, std::string_view reason = {});
  HeadWriter& request(std::string_view method, std::string_view target, int minor_version = 1);
  HeadWriter& field(std::string_view name, std::string_view value);
  HeadWriter& field(std::string_view name, std::int64_t value);
  HeadWriter& fields(Fields const& fields);
  void end();  // the empty line

 private:
  std::string& out_;
};

// "Not Found"; "Unknown" where the status has no usual text.
[[nodiscard]] std::string_view reason_phrase(int status);

// "HTTP/1.1 100 Continue" with its empty line: what a client with expects_continue waits for.
[[nodiscard]] std::string_view continue_response();

}  // namespace perfd::wire::http
