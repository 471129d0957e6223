// The port through which another room answers on the measurement server's address.
//
// The server keeps the connection, the framing, HEAD, time-outs and bounds; a route gives
// status, fields and a body, whole or piece by piece as the client takes it.
// Thread: the server's loop.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "runtime/address.h"
#include "runtime/task.h"
#include "wire/http/message.h"

namespace perfd::net {

struct RouteRequest {
  wire::http::RequestHead head;
  runtime::Address peer;
  runtime::Address local;  // the server's end
};

// A body that is made while it is sent. The server asks for the next piece when the kernel
// took the last one, and destroys the source when the client is gone.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next piece, which stays valid until the next call; empty at the end. An error ends
  // the connection, so that the client sees that the body is not whole. May wait for long.
  virtual runtime::Task<Result<std::span<const std::byte>>> next() = 0;
};

struct RouteResponse {
  int status = 200;
  wire::http::Fields fields;  // without Content-Length, Transfer-Encoding, Connection, Date
  // Text, shared immutable bytes (assets), or a source. A source goes out in chunks, or up
  // to the end of the connection for an HTTP/1.0 client, unless `length` is told.
  std::variant<std::string, std::span<const std::byte>, std::unique_ptr<BodySource>> body;
  std::optional<std::uint64_t> length;  // of a source, where known
};

class Route {
 public:
  virtual ~Route() = default;
  // `request` outlives the task. nullopt: not mine; the server goes on to its own answers, of which
  // the last is 404. Asked for every request but those of /urandom/…, /upload and /page/…. A
  // body that the request has is read and dropped by the server.
  virtual runtime::Task<std::optional<RouteResponse>> answer(RouteRequest const& request) = 0;
};

}  // namespace perfd::net
