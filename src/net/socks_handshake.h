// Drives wire's SOCKS handshake over a connected socket and sets its marks. Internal to net.
// Thread: the loop's. Ownership: all references outlive the task.
#pragma once

#include <span>

#include "net/measured_socket.h"
#include "wire/socks/client.h"

namespace perfd::net {

// Sets NEGOTIATE, REQUEST and RESPONSE, and the trace's SOCKS reply. `early` goes out right
// behind the SOCKS request, before its reply (DATAREQUEST is set then); may be empty.
// Bytes behind the reply are left unread.
//
// In two parts: until the request is written, and the rest. `early_sent`: something was written
// behind the request.
runtime::Task<Result<>> socks_ask(MeasuredSocket& socket, wire::socks::ClientHandshake& handshake,
                                  std::span<const std::byte> early, TransferTrace& trace);
runtime::Task<Result<>> socks_await_reply(MeasuredSocket& socket,
                                          wire::socks::ClientHandshake& handshake, bool early_sent,
                                          TransferTrace& trace);
// Both.
runtime::Task<Result<>> socks_handshake(MeasuredSocket& socket,
                                        wire::socks::ClientHandshake& handshake,
                                        std::span<const std::byte> early, TransferTrace& trace);

}  // namespace perfd::net
