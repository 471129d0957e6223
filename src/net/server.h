// The measurement server: the other end of the circuit.
//
//   GET, HEAD /urandom/<bytes>   verifiable random payload (payload.h), exact Content-Length
//   POST /upload                 reads and drops a body, answers with its bytes and marks in JSON
//   GET, HEAD /page/<name>       built-in web pages (pages/pages.h), for browsers
//   POST /page/form/sink         an upload again, answered with a document
//   /                            a line that says what this is, if the route does not take it
//   all else                     the route (route.h), then 404
//
// HTTP/1.0 and 1.1 with keep-alive and pipelining, in plain text or over TLS. Every phase of a
// connection is bounded in time and every input in size; one sweep a second ends connections that
// are over their time, so that no system call needs a timer. Clients are not trusted. Thread: the
// serving loop's. Ownership: refers to loop, route and observer, which outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/units.h"
#include "net/observation.h"
#include "net/route.h"
#include "runtime/loop.h"
#include "runtime/socket.h"
#include "runtime/tls.h"

namespace perfd::net {

struct ServerOptions {
  Bytes max_size = MiB(100);                           // of one payload, in both directions
  std::size_t max_connections = 2000;                  // further ones wait in the kernel's backlog
  Nanos handshake_timeout = std::chrono::seconds{30};  // of TLS, as a whole
  Nanos head_timeout = std::chrono::seconds{30};       // from a request's first byte to its last
  Nanos idle_timeout = std::chrono::seconds{120};      // between requests
  Nanos stall_timeout = std::chrono::minutes{10};      // in which no payload byte moves
  Nanos transfer_timeout = std::chrono::hours{1};      // of one request as a whole; Tor may be slow
  std::uint64_t seed = 0;                              // of the payload; 0: a random one
};

// Counts since the start.
struct ServerStats {
  std::size_t connections = 0;  // open now
  std::uint64_t accepted = 0;
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;         // answered with a status of 400 and up
  std::uint64_t timed_out = 0;       // connections that the sweep ended
  std::uint64_t bad_handshakes = 0;  // of TLS, that failed before their time was over
  std::uint64_t payload_bytes = 0;   // sent and received
};

class MeasurementServer {
 public:
  // `route` and `observer` may be null.
  MeasurementServer(runtime::Loop& loop, ServerOptions options, Route* route,
                    ServerObserver* observer);
  ~MeasurementServer();  // REQUIRES: stop() was awaited, or the loop runs no more
  MeasurementServer(MeasurementServer const&) = delete;
  MeasurementServer& operator=(MeasurementServer const&) = delete;

  // Starts to accept on a socket; may be called several times.
  void listen(runtime::BoundListener bound);
  void listen(runtime::BoundListener bound, runtime::TlsContext tls);  // https
  // Another certificate for the connections that are accepted from now on, on all https sockets.
  void renew(runtime::TlsContext const& tls);
  // Ends all connections and waits for their tasks.
  runtime::Task<> stop();

  [[nodiscard]] std::vector<runtime::Address> addresses() const;
  [[nodiscard]] ServerStats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace perfd::net
