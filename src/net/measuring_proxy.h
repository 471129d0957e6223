// The measuring proxy: a SOCKS server between a program and tor that writes down what happens to
// each connection, when, and how many bytes went each way.
//
// It adds the user name that isolates the program's streams in tor, since browsers can't. With
// `optimistic` it tells the program of success at once and forwards what that sends behind tor's
// SOCKS request, which is how a program gets optimistic data that does not know of it; what tor
// refuses then ends with a reset.
// SOCKS 4, 4a and 5 towards the program, SOCKS 5 towards tor, whose reply code goes through as it
// is. CONNECT only. Programs are not trusted: handshakes, replies and idle connections are bounded
// in time, connections in number.
// Thread: the loop's. Ownership: refers to loop and observer, which outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "model/proxy_connection.h"
#include "runtime/loop.h"
#include "runtime/socket.h"

namespace perfd::net {

struct ProxySettings {
  runtime::Address upstream;  // tor's SOCKS port
  std::string username;       // towards tor; empty: none, and tor isolates by its own rules
  bool optimistic = false;
  std::size_t max_connections = 512;                     // further ones wait in the backlog
  Nanos handshake_timeout = std::chrono::seconds{30};    // the program's part
  Nanos reply_timeout = std::chrono::minutes{5};         // tor's, longer than its SocksTimeout
  Nanos idle_timeout = std::chrono::hours{1};            // in which no byte moves
  Nanos half_closed_timeout = std::chrono::seconds{60};  // the same once one side has ended
};

class ProxyObserver {
 public:
  virtual ~ProxyObserver() = default;
  // Once for each accepted connection, when it ended.
  virtual void on_connection(model::ProxyConnection connection) = 0;
};

class MeasuringProxy {
 public:
  MeasuringProxy(runtime::Loop& loop, ProxySettings settings, ProxyObserver& observer);
  ~MeasuringProxy();  // REQUIRES: stop() was awaited, or the loop runs no more
  MeasuringProxy(MeasuringProxy const&) = delete;
  MeasuringProxy& operator=(MeasuringProxy const&) = delete;

  void listen(runtime::BoundListener bound);
  // Ends all connections, by perfd, and waits until the observer has got them.
  runtime::Task<> stop();

  [[nodiscard]] runtime::Address const& address() const;  // REQUIRES: listen() was called
  [[nodiscard]] std::size_t open() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace perfd::net
