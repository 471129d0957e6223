// What the measurement server saw of one measurement, and the port it hands that to.
// Thread: the server's loop calls; the receiver takes care of other threads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/mark.h"

namespace perfd::net {

// The request's field that carries the measurement's id (base/id.h).
inline constexpr std::string_view kMeasurementField = "X-Perfd-Measurement";

struct ServerObservation {
  std::string measurement;  // is_id() holds
  // ACCEPT, REQUEST, FIRST_BYTE, HALF, LAST_BYTE, as far as they were reached. Bytes that
  // are sent count from the moment at which the kernel took them.
  model::Marks marks;
  std::int64_t bytes = 0;  // payload bytes handed over to the kernel, or read from it
  std::string peer;        // address and port of the connection: an exit relay's, as a rule
  bool complete = false;   // all of the payload was handed over, or read
};

class ServerObserver {
 public:
  virtual ~ServerObserver() = default;
  // Called once for each request that carries an id, when its transfer ended.
  virtual void on_transfer(ServerObservation observation) = 0;
};

}  // namespace perfd::net
