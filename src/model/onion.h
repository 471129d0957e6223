// The way to an onion service, as tor's control port told it (control-spec: HS_DESC, CIRC).
//
// Words that tor chose (actions, reasons, authorization types) stay strings.
// Thread: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "model/circuit.h"

namespace perfd::model {

// An HS_DESC event.
struct DescriptorEvent {
  WallTime at{};
  std::string action;     // REQUESTED, RECEIVED, FAILED, …
  std::string hs_dir;     // fingerprint, 40 hex digits; empty: not reported
  std::string reason;     // of FAILED
  std::string auth_type;  // client authorization, as tor tells it

  friend bool operator==(DescriptorEvent const&, DescriptorEvent const&) = default;
};

// The service itself, where it is perfd's own.
struct OnionService {
  std::string instance;                  // the tor instance that offers it
  bool single = false;                   // a single onion service
  bool fresh = false;                    // published for this measurement alone
  WallTime added_at{};                   // when tor took it (ADD_ONION), in this run of that tor
  std::optional<WallTime> uploaded_at;   // when a directory first took a descriptor of it
  std::optional<WallTime> published_at;  // when all directories that were asked had answered
  std::uint64_t uploads = 0;             // that directories took
  std::uint64_t failed_uploads = 0;

  friend bool operator==(OnionService const&, OnionService const&) = default;
};

// Nothing in a time means that it was not seen: a descriptor that tor still had is not fetched.
struct OnionView {
  std::string address;  // without suffix
  std::optional<OnionService> service;
  std::vector<DescriptorEvent> descriptor;  // the client's, during the measurement
  // The client's circuits to this address other than those that carried the stream: those to
  // introduction points, and rendezvous circuits that came to nothing.
  std::vector<Circuit> circuits;

  std::optional<WallTime> descriptor_requested_at;  // the first
  std::optional<WallTime> descriptor_received_at;   // the last
  std::optional<WallTime> rendezvous_ready_at;      // the rendezvous point waits (HSCR_…IDLE)
  std::optional<WallTime> introduced_at;            // INTRODUCE1 sent (HSCI_INTRO_SENT)
  std::optional<WallTime> introduction_acked_at;    // and taken (HSCI_DONE)
  std::optional<WallTime> joined_at;                // the service has come (HSCR_JOINED)

  friend bool operator==(OnionView const&, OnionView const&) = default;
};

}  // namespace perfd::model
