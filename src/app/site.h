// Lets the web room answer on an address of a server.
// Thread: the serving loop's.
#pragma once

#include <vector>

#include "config/settings.h"
#include "net/route.h"
#include "web/http.h"

namespace perfd::app {

class Site final : public net::Route {
 public:
  // Who asks at the address: only where nobody but this machine's users comes from loopback, these
  // may be told apart (web/privilege.h). At the measurement server also those do who come through
  // perfd's onion services, and through an exit beside it.
  enum class Loopback { everybody, users };
  // Of an address of the results' own. A tor of perfd's runs as perfd's user: where its torrc lets
  // others through to this machine, by an onion service of the operator's or as an exit, they would
  // be taken for that user.
  [[nodiscard]] static Loopback loopback_with(std::vector<config::Tor> const& tors);

  // The first part that knows the path answers. All outlive this object.
  Site(std::vector<web::Part*> parts, Loopback loopback)
      : parts_(std::move(parts)), loopback_(loopback) {}
  runtime::Task<std::optional<net::RouteResponse>> answer(
      net::RouteRequest const& request) override;

 private:
  std::vector<web::Part*> parts_;
  Loopback loopback_;
};

}  // namespace perfd::app
