// What the exits' names resolve to.
#include "testnet/dns_responder.h"

#include <gmock/gmock.h>

namespace perfd::testnet {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using wire::IpAddress;
using wire::dns::Question;
using wire::dns::Rcode;
using wire::dns::Type;

IpAddress const kLoopback = IpAddress::v4_from({127, 0, 0, 1});
IpAddress const kOther = IpAddress::v4_from({127, 0, 7, 7});

std::vector<ZoneEntry> zone() {
  auto out = default_zone();
  out.push_back({"twice.test", kLoopback});
  out.push_back({"twice.test", kOther});
  out.push_back({"six.test", wire::parse_ip("::1").value()});
  return out;
}

DnsAnswer ask(std::string name, Type type = Type::kA) {
  Question question;
  question.name = std::move(name);
  question.type = type;
  return answer_from_zone(zone(), question);
}

std::vector<std::string> addresses(DnsAnswer const& answer) {
  std::vector<std::string> out;
  for (auto const& record : answer.answers)
    out.push_back(wire::format_ip(std::get<IpAddress>(record.data)));
  return out;
}

TEST(ZoneTest, KnowsItsNamesWithoutCase) {
  for (auto const* name : {"perfd.test", "PerFD.tEST", "www.perfd.test", "a.b.perfd.test"}) {
    auto const answer = ask(name);
    EXPECT_EQ(answer.rcode, Rcode::kNoError) << name;
    EXPECT_THAT(addresses(answer), ElementsAre("127.0.0.1")) << name;
  }
  EXPECT_THAT(addresses(ask("twice.test")), ElementsAre("127.0.0.1", "127.0.7.7"));
}

TEST(ZoneTest, KnowsNoOther) {
  for (auto const* name : {"test", "xperfd.test", "perfd.test.org", "", ".perfd.test"}) {
    auto const answer = ask(name);
    EXPECT_EQ(answer.rcode, Rcode::kNameError) << name;
    EXPECT_THAT(answer.answers, IsEmpty());
  }
}

TEST(ZoneTest, TellsANameWithoutSuchAnAddressFromNoName) {
  auto const six_of_four = ask("perfd.test", Type::kAaaa);
  EXPECT_EQ(six_of_four.rcode, Rcode::kNoError);
  EXPECT_THAT(six_of_four.answers, IsEmpty());
  EXPECT_THAT(addresses(ask("six.test", Type::kAaaa)), ElementsAre("::1"));
  EXPECT_THAT(addresses(ask("six.test", Type::kAny)), ElementsAre("::1"));
  EXPECT_THAT(ask("six.test").answers, IsEmpty());
}

TEST(ZoneTest, NamesAnAddressByItsFirstName) {
  auto const known = ask("1.0.0.127.in-addr.arpa", Type::kPtr);
  EXPECT_EQ(known.rcode, Rcode::kNoError);
  ASSERT_EQ(known.answers.size(), 1U);
  EXPECT_EQ(std::get<std::string>(known.answers[0].data), "perfd.test");
  for (auto const* name : {"9.0.0.127.in-addr.arpa", "perfd.test", ""})
    EXPECT_EQ(ask(name, Type::kPtr).rcode, Rcode::kNameError) << name;
}

TEST(ZoneTest, RefusesWhatIsNoOrdinaryQuestion) {
  Question question;
  question.name = "perfd.test";
  question.opcode = 2;
  EXPECT_EQ(answer_from_zone(zone(), question).rcode, Rcode::kNotImplemented);
  question.opcode = 0;
  question.dns_class = 3;
  EXPECT_EQ(answer_from_zone(zone(), question).rcode, Rcode::kRefused);
}

}  // namespace
}  // namespace perfd::testnet
