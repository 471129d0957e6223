// A DNS server on loopback that knows a handful of names, for exits to resolve.
//
// Exits ask it instead of the machine's resolver (ServerDNSResolvConfFile), so that no
// question leaves the machine. A name of the zone gets its address, a PTR question for such
// an address the first name that has it, everything else NXDOMAIN.
// Owner: TestNetwork or a test. Thread: the loop's. Input is untrusted; what is no question
// is dropped.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/datagram.h"
#include "runtime/loop.h"
#include "testnet/plan.h"
#include "wire/dns/message.h"

namespace perfd::testnet {

// The answer to one question (pure): names are compared without case.
struct DnsAnswer {
  wire::dns::Rcode rcode = wire::dns::Rcode::kNoError;
  std::vector<wire::dns::Answer> answers;
};
[[nodiscard]] DnsAnswer answer_from_zone(std::vector<ZoneEntry> const& zone,
                                         wire::dns::Question const& question);

class DnsResponder {
 public:
  // Port 0 takes any free port.
  [[nodiscard]] static Result<std::unique_ptr<DnsResponder>> start(runtime::Loop& loop,
                                                                   runtime::Address address,
                                                                   std::vector<ZoneEntry> zone);
  [[nodiscard]] runtime::Address const& address() const { return address_; }
  [[nodiscard]] std::uint64_t answered() const { return answered_; }
  runtime::Task<> stop();

  DnsResponder(runtime::Loop& loop, runtime::DatagramSocket socket, runtime::Address address,
               std::vector<ZoneEntry> zone);

 private:
  runtime::Task<> serve();

  runtime::DatagramSocket socket_;
  runtime::Address address_;
  std::vector<ZoneEntry> zone_;
  std::uint64_t answered_ = 0;
  runtime::TaskGroup tasks_;
};

}  // namespace perfd::testnet
