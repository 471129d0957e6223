// An HTTP server that does one thing wrong. Faults live here, not in the product.
// It answers every request with a payload as the measurement server would, up to its fault.
// Thread: the loop's.
#pragma once

#include "net/support/peer.h"

namespace perfd::net::test {

enum class Fault {
  none,
  no_tag,       // a payload that can't be verified
  refuse_head,  // closes without a response
  cut_head,     // closes inside the head
  reset_head,   // resets instead of a response
  stall_head,   // never answers
  garbage,      // not HTTP
  huge_head,    // a head without end
  status_500,
  wrong_length,   // announces one byte more than was asked for
  truncate,       // ends in order after half of the payload
  reset_payload,  // resets after half of it
  stall_payload,  // sends no more after half of it
  corrupt,        // flips a bit behind the half
  close_after,    // complete, and closes at once: the end is merged behind the last bytes
  until_close,    // no length: the end of the connection ends the payload
  chunked,
};

class FaultServer {
 public:
  FaultServer(runtime::Loop& loop, Fault fault, runtime::Address const& where = any_port());
  [[nodiscard]] runtime::Address address() const { return peer_.address(); }

 private:
  Peer peer_;
};

}  // namespace perfd::net::test
