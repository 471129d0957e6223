#include "testnet/dns_responder.h"

#include <array>

#include "base/text.h"

namespace perfd::testnet {
namespace {

using wire::dns::Rcode;
using wire::dns::Type;

constexpr std::uint32_t kTtl = 60;

bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.starts_with("*.")) return equals_ignoring_case(pattern, name);
  auto const suffix = pattern.substr(1);  // with its dot: "*.a" stands for what is below "a"
  return name.size() > suffix.size() &&
         equals_ignoring_case(name.substr(name.size() - suffix.size()), suffix);
}

DnsAnswer answer_reverse(std::vector<ZoneEntry> const& zone, std::string_view name) {
  auto const address = wire::dns::address_of_reverse_name(name);
  if (address)
    for (auto const& entry : zone)
      if (entry.address == *address && !entry.name.starts_with("*."))
        return {Rcode::kNoError, {{{}, kTtl, entry.name}}};
  return {Rcode::kNameError, {}};
}

}  // namespace

DnsAnswer answer_from_zone(std::vector<ZoneEntry> const& zone,
                           wire::dns::Question const& question) {
  if (question.opcode != 0) return {Rcode::kNotImplemented, {}};
  if (question.dns_class != 1) return {Rcode::kRefused, {}};
  if (question.type == Type::kPtr) return answer_reverse(zone, question.name);
  DnsAnswer out{Rcode::kNameError, {}};
  for (auto const& entry : zone) {
    if (!matches(entry.name, question.name)) continue;
    out.rcode = Rcode::kNoError;  // the name exists, though maybe not with such an address
    auto const type = entry.address.v6 ? Type::kAaaa : Type::kA;
    if (question.type == type || question.type == Type::kAny)
      out.answers.push_back({{}, kTtl, entry.address});
  }
  return out;
}

Result<std::unique_ptr<DnsResponder>> DnsResponder::start(runtime::Loop& loop,
                                                          runtime::Address address,
                                                          std::vector<ZoneEntry> zone) {
  auto socket = runtime::DatagramSocket::bind(loop, address);
  if (!socket) return socket.error();
  auto const bound = socket->local_address();
  if (!bound) return bound.error();
  auto out = std::make_unique<DnsResponder>(loop, std::move(*socket), *bound, std::move(zone));
  out->tasks_.spawn("dns responder", out->serve());
  return out;
}

DnsResponder::DnsResponder(runtime::Loop& loop, runtime::DatagramSocket socket,
                           runtime::Address address, std::vector<ZoneEntry> zone)
    : socket_(std::move(socket)), address_(address), zone_(std::move(zone)), tasks_(loop) {}

runtime::Task<> DnsResponder::stop() { co_await tasks_.stop(); }

runtime::Task<> DnsResponder::serve() {
  std::array<std::byte, wire::dns::kMaxInput> buffer;
  for (;;) {
    auto const received = co_await socket_.receive(buffer);
    if (!received) co_return;  // the socket was closed
    auto const question = wire::dns::parse_question(std::span(buffer).first(received->bytes));
    if (!question) continue;
    auto const answer = answer_from_zone(zone_, *question);
    auto const response = wire::dns::write_response(*question, answer.rcode, answer.answers);
    if (!response) continue;
    ++answered_;
    (void)socket_.send_now(*response, received->from);
  }
}

}  // namespace perfd::testnet
