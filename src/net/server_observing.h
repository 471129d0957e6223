// Collects a transfer's marks at the server, if the request carries an id, and hands them to
// the observer when it goes out of scope, however the transfer ended. Internal to net.
// Thread: the serving loop's.
#pragma once

#include "net/server_connection.h"

namespace perfd::net {

class ServerObserving {
 public:
  ServerObserving(ServerConnection& connection, wire::http::RequestHead const& request,
                  std::optional<std::int64_t> total);
  // Of what a browser asks for, which sends no field of perfd's: `id` is of the page's address.
  ServerObserving(ServerConnection& connection, wire::http::RequestHead const& request,
                  std::optional<std::int64_t> total, std::string_view id);
  ~ServerObserving();
  ServerObserving(ServerObserving const&) = delete;
  ServerObserving& operator=(ServerObserving const&) = delete;

  // A call that lasted from `begun` until `ended` moved the payload on to `bytes`.
  void progress(std::int64_t bytes, MonoTime begun, MonoTime ended);
  // The payload ended, at this length. Of a body in chunks the length is known only now, its
  // half never was, and its last byte came with the last progress.
  void ended(std::int64_t bytes, MonoTime begun, MonoTime ended);
  void complete();
  // Whether marks are kept at all; if not, nobody needs to read a clock.
  [[nodiscard]] bool wanted() const { return wanted_; }
  [[nodiscard]] model::Marks const& marks() const { return observation_.marks; }

 private:
  ServerConnection& connection_;
  std::optional<std::int64_t> total_;
  bool wanted_;
  bool upload_;
  bool report_;
  ServerObservation observation_;
  model::Mark last_progress_;
  int next_tenth_ = 1;  // of an upload
};

}  // namespace perfd::net
