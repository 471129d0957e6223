// UDP sockets.
// Thread: the loop's.
#pragma once

#include <span>

#include "base/result.h"
#include "runtime/address.h"
#include "runtime/descriptor.h"

namespace perfd::runtime {

class DatagramSocket : public Descriptor {
 public:
  // Port 0 takes any free port.
  [[nodiscard]] static Result<DatagramSocket> bind(Loop& loop, Address const& address);

  struct Received {
    std::size_t bytes = 0;  // what fitted into the buffer
    Address from;
  };
  // Waits for the next datagram. A refusal that an earlier send caused is skipped.
  Task<Result<Received>> receive(std::span<std::byte> into);
  // A datagram that the kernel doesn't take now is lost, as datagrams may be.
  Result<> send_now(std::span<const std::byte> bytes, Address const& to);
  [[nodiscard]] Result<Address> local_address();

 private:
  using Descriptor::Descriptor;
};

}  // namespace perfd::runtime
