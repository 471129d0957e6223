// The way to a server that all HTTP transfers share: connect, SOCKS, the request. Internal to net.
// Thread: the loop's. Ownership: all references outlive the task.
#pragma once

#include <string>

#include "net/measured_socket.h"
#include "net/transfer.h"

namespace perfd::net {

// Connects as `spec` says and writes `request` behind the SOCKS reply, or before it where the
// spec is optimistic. Sets the marks from SOCKET to DATAREQUEST, and the step: http_response.
runtime::Task<Result<MeasuredSocket>> send_request(runtime::Loop& loop, TransferSpec const& spec,
                                                   std::string const& request,
                                                   TransferTrace& trace);

// The Host field's value: what the spec gives, or else made from host and port.
[[nodiscard]] std::string host_field(TransferSpec const& spec);

}  // namespace perfd::net
