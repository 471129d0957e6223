#include "testnet/ports.h"

#include <set>

#include "base/text.h"
#include "runtime/files.h"
#include "runtime/random.h"
#include "runtime/socket.h"

namespace perfd::testnet {
namespace {

constexpr std::uint16_t kLowest = 10000;
constexpr int kTries = 2000;

// Where the system's range for outgoing connections begins.
std::uint16_t ephemeral_begin() {
  auto const text = runtime::read_file("/proc/sys/net/ipv4/ip_local_port_range", 64);
  if (text)
    if (auto const begin = parse_int<std::uint16_t>(trim(split(*text, '\t')[0]));
        begin && *begin > kLowest + 1000)
      return *begin;
  return 32768;
}

Result<> try_bind(Endpoint const& endpoint) {
  auto const address = runtime::Address::numeric(endpoint.address, endpoint.port);
  if (!address) return address.error();
  auto const bound = runtime::BoundListener::bind(*address);
  if (!bound) return bound.error();
  return {};
}

class Search {
 public:
  Result<std::uint16_t> next(std::string const& address) {
    for (int i = 0; i < kTries; ++i) {
      auto const port = static_cast<std::uint16_t>(kLowest + position_++ % span_);
      // Distinct on the whole, so that a port alone names a node in logs.
      if (used_.contains(port) || !try_bind({address, port})) continue;
      used_.insert(port);
      return port;
    }
    return Error{"no free port found on " + address + " between " + std::to_string(kLowest) +
                 " and " + std::to_string(kLowest + span_)};
  }
  void mark(std::uint16_t port) { used_.insert(port); }

 private:
  std::uint64_t span_ = static_cast<std::uint64_t>(ephemeral_begin() - kLowest);
  std::uint64_t position_ = runtime::random_u64() % span_;
  std::set<std::uint16_t> used_;
};

struct Wanted {
  std::uint16_t NodePlan::*port;
  bool wanted;
};
std::vector<Wanted> ports_wanted(NodePlan const& node) {
  return {{&NodePlan::or_port, !node.is_client()},
          {&NodePlan::inner_or_port, node.relay.delay.count() > 0},
          {&NodePlan::dir_port, node.is_authority()},
          {&NodePlan::control_port, true},
          {&NodePlan::socks_port, node.is_client()}};
}

}  // namespace

Result<> assign_ports(Plan& plan) {
  Search search;
  for (auto const& node : plan.nodes)
    for (auto const& [port, wanted] : ports_wanted(node)) search.mark(node.*port);
  for (auto& node : plan.nodes)
    for (auto const& [port, wanted] : ports_wanted(node)) {
      if (!wanted || node.*port != 0) continue;
      auto const found = search.next(node.address);
      if (!found) return found.error();
      node.*port = *found;
    }
  if (plan.dns.port == 0) {
    auto const found = search.next(plan.dns.address);
    if (!found) return found.error();
    plan.dns.port = *found;
  }
  return {};
}

Result<> check_ports(Plan const& plan) {
  for (auto const& node : plan.nodes)
    for (auto const& [port, wanted] : ports_wanted(node))
      if (wanted)
        if (auto ok = try_bind({node.address, node.*port}); !ok)
          return Error{node.nickname + ": " + ok.error().message, ok.error().code};
  return {};
}

}  // namespace perfd::testnet
