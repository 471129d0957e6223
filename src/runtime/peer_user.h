// Which user of this machine is at the other end of a connection over loopback: the owner of its
// socket, as the kernel tells it (sock_diag(7)).
// Thread: any; asks the kernel, which answers at once.
#pragma once

#include <sys/types.h>

#include <optional>

#include "runtime/address.h"

namespace perfd::runtime {

// `peer` and `local` as the accepted socket has them. Nothing where the peer is not of this
// machine, has ended its side of the connection, or the kernel does not tell.
[[nodiscard]] std::optional<uid_t> user_at(Address const& peer, Address const& local);

}  // namespace perfd::runtime
