// From settings to what the experiments room runs.
// Thread: pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "config/settings.h"
#include "experiments/measure_once.h"

namespace perfd::app {

// Where a download or an upload goes, taken apart.
struct Destination {
  std::string target;  // as the record names it
  std::string host;
  std::uint16_t port = 80;
  std::string path;        // empty: the measurement server's payload
  std::string host_field;  // empty: from host and port
  bool own_server = true;
};

// The port at which perfd's own onion services are reached.
inline constexpr std::uint16_t kOnionPort = 80;

// Of an http:// address, for a browser also https://. Errors: not an address, https otherwise.
[[nodiscard]] Result<Destination> destination_of_url(std::string const& url,
                                                     bool for_browser = false);
// Of this perfd's own server, as an exit reaches it.
[[nodiscard]] Destination own_server(std::string host, std::uint16_t port);

// As records name it.
[[nodiscard]] model::Kind kind_of(config::Kind kind);

// The spec without its id, proxy and times.
[[nodiscard]] experiments::MeasurementSpec measurement_spec(config::Experiment const& experiment,
                                                            Destination const& destination,
                                                            std::string const& source);

}  // namespace perfd::app
