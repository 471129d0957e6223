// Stands in front of an HTTP server, forwards every byte and writes down what the server is asked
// for: a witness that shares no code with those who tell of the same requests from afar.
// Thread: the loop's. Ownership: refers to loop, which outlives it.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "net/support/peer.h"

namespace perfd::net::test {

struct TappedConnection {
  std::vector<std::string> targets;  // of its requests, in their order
  std::int64_t bytes_up = 0;         // towards the server
  std::int64_t bytes_down = 0;
};

// Requests with a body are beyond it: what follows their head would be taken for the next one.
class WireTap {
 public:
  WireTap(runtime::Loop& loop, runtime::Address server);
  [[nodiscard]] runtime::Address address() const { return peer_.address(); }
  [[nodiscard]] std::list<TappedConnection> const& connections() const { return connections_; }

 private:
  runtime::Task<> serve(runtime::StreamSocket client);

  runtime::Loop& loop_;
  runtime::Address server_;
  std::list<TappedConnection> connections_;
  Peer peer_;
};

}  // namespace perfd::net::test
