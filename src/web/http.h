// Requests and answers as the web room sees them. It knows no server: app lets it
// answer on the measurement server's address, or on one of its own.
// Thread: the serving loop's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "runtime/task.h"
#include "wire/http/message.h"

namespace perfd::web {

struct Request {
  bool head = false;  // HEAD: as GET, the body is not sent
  std::string path;   // decoded by nobody: as it came, without the query
  std::string query;  // behind '?'
  std::optional<std::string> if_none_match;
  std::optional<std::string> if_modified_since;
  wire::http::Fields fields;  // all of the head, as they came
  // Asked by a process of this machine that root or perfd's own user runs, at an address that
  // nobody else is led to by perfd: privilege.h makes use of it.
  bool from_here = false;
};

// A body that is made while it is sent.
class Body {
 public:
  virtual ~Body() = default;
  // The next piece; empty at the end. An error cuts the connection, so that the client
  // sees that the body is not whole.
  virtual runtime::Task<Result<std::string>> next() = 0;
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields;
  std::variant<std::string, std::unique_ptr<Body>> body;
  std::optional<std::uint64_t> length;  // of a Body, where it is known
};

// A part of the site, with paths of its own.
class Part {
 public:
  virtual ~Part() = default;
  // nullopt: no path of its own.
  virtual runtime::Task<std::optional<Response>> answer(Request const& request) = 0;
};

}  // namespace perfd::web
