// Hostile DNS messages: what was read can be written, and is then read the same.
#include "support.h"
#include "wire/dns/message.h"

namespace {

using namespace perfd::wire;

void require_same(dns::Question const& a, dns::Question const& b) {
  FUZZ_REQUIRE(a.id == b.id && a.opcode == b.opcode && a.name == b.name && a.type == b.type);
  FUZZ_REQUIRE(a.dns_class == b.dns_class && a.recursion_desired == b.recursion_desired);
}

void answer(dns::Question const& question) {
  auto const bytes =
      dns::write_response(question, dns::Rcode::kNoError,
                          {{"", 60, IpAddress::v4_from({127, 0, 0, 1})}, {"", 60, question.name}})
          .value();
  FUZZ_REQUIRE(bytes.size() <= dns::kMaxMessage);
  auto const response = dns::parse_response(bytes).value();
  require_same(response.question, question);
  FUZZ_REQUIRE(response.truncated == (response.answers.size() < 2));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const message = std::as_bytes(std::span(data, size));
  if (auto const question = dns::parse_question(message)) {
    auto const written = dns::write_question(*question).value();
    require_same(dns::parse_question(written).value(), *question);
    answer(*question);
    if (auto const address = dns::address_of_reverse_name(question->name))
      FUZZ_REQUIRE(dns::address_of_reverse_name(dns::reverse_name(*address)) == *address);
  }
  if (auto const response = dns::parse_response(message)) {
    FUZZ_REQUIRE(response->answers.size() <= dns::kMaxAnswers);
    auto const written =
        dns::write_response(response->question, response->rcode, response->answers);
    FUZZ_REQUIRE(written.has_value());
    auto const again = dns::parse_response(*written).value();
    require_same(again.question, response->question);
    FUZZ_REQUIRE(again.rcode == response->rcode);
    FUZZ_REQUIRE(again.truncated || again.answers.size() == response->answers.size());
  }
  return 0;
}
