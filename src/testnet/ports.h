// Free ports on the nodes' loopback addresses.
//
// Found by binding, below the range from which the system takes ports for outgoing
// connections, so that nothing takes them between the search and tor's own bind.
// Thread: any.
#pragma once

#include "base/result.h"
#include "testnet/plan.h"

namespace perfd::testnet {

// Ports for every node that has none yet, and for the DNS responder.
[[nodiscard]] Result<> assign_ports(Plan& plan);

// Whether all ports of the plan can be bound now. An Error names the first that can't.
[[nodiscard]] Result<> check_ports(Plan const& plan);

}  // namespace perfd::testnet
