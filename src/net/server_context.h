// What all connections of a measurement server share. Internal to net.
// Thread: the serving loop's.
#pragma once

#include <memory>
#include <string>

#include "net/pages/pages.h"
#include "net/payload_file.h"
#include "net/server.h"

namespace perfd::net {

struct ServerContext {
  ServerOptions options;
  Route* route;
  ServerObserver* observer;
  std::unique_ptr<PayloadFile const> payload;
  Pages pages;                // made when they are first asked for
  runtime::TraceClock clock;  // marks of one server stay comparable across a wall-clock step
  ServerStats stats;
  std::uint64_t next_offset;  // state of the generator of offsets

  // "Date: …\r\n", made anew once a second (RFC 9110 section 6.6.1).
  [[nodiscard]] std::string const& date(MonoTime now);
  std::string date_line{};
  MonoTime date_until{};
};

}  // namespace perfd::net
