#include "wire/dns/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "wire/support.h"

namespace perfd::wire::dns {
namespace {

using test::raw;

// What tor's resolver asks: mixed case, one question.
std::string const kAsked = raw("1234 0100 0001 0000 0000 0000 07 'eXaMpLe' 04 'TEST' 00 0001 0001");

Question asked(std::string const& name, Type type) {
  Question question;
  question.id = 0x1234;
  question.name = name;
  question.type = type;
  return question;
}

TEST(DnsQuestion, IsReadAndWritten) {
  auto const question = parse_question(as_bytes(kAsked)).value();
  EXPECT_EQ(question.id, 0x1234);
  EXPECT_EQ(question.opcode, 0);
  EXPECT_TRUE(question.recursion_desired);
  EXPECT_EQ(question.name, "eXaMpLe.TEST");
  EXPECT_EQ(question.type, Type::kA);
  EXPECT_EQ(question.dns_class, 1);
  EXPECT_EQ(as_text(write_question(question).value()), kAsked);
}

TEST(DnsQuestion, MayCarryEdns) {
  auto with_opt = kAsked + raw("00 0029 1000 00000000 0000");
  with_opt[11] = 1;
  EXPECT_EQ(parse_question(as_bytes(with_opt)).value().name, "eXaMpLe.TEST");
}

TEST(DnsQuestion, IsRefusedOnEveryTruncation) {
  for (std::size_t length = 0; length < kAsked.size(); ++length)
    EXPECT_FALSE(parse_question(as_bytes(kAsked.substr(0, length))).has_value()) << length;
}

TEST(DnsQuestion, IsRefusedWhenHostile) {
  struct Case {
    char const* why;
    std::string message;
  };
  std::string const head = raw("0001 0100 0001 0000 0000 0000");
  for (auto const& each : {
           Case{"a response", raw("0001 8100 0001 0000 0000 0000 00 0001 0001")},
           Case{"no question", raw("0001 0100 0000 0000 0000 0000")},
           Case{"two questions", raw("0001 0100 0002 0000 0000 0000 00 0001 0001 00 0001 0001")},
           Case{"a pointer to itself", head + raw("C00C 0001 0001")},
           Case{"a pointer forwards", head + raw("C00E 00 0001 0001")},
           Case{"a pointer that goes round", head + raw("01 'a' C00C 0001 0001")},
           Case{"a label type of the future", head + raw("41 'a' 00 0001 0001")},
           Case{"a label past the end", head + raw("3F 'a'")},
           Case{"a pointer cut in half", head + raw("C0")},
           Case{"too long", std::string(kMaxInput + 1, '\0')},
       })
    EXPECT_FALSE(parse_question(as_bytes(each.message)).has_value()) << each.why;
  // 128 labels of one byte: 257 bytes on the wire.
  std::string deep = head;
  for (int i = 0; i < 128; ++i) deep += raw("01 'a'");
  EXPECT_FALSE(parse_question(as_bytes(deep + raw("00 0001 0001"))).has_value());
  // 127 are exactly 255.
  std::string fits = head;
  for (int i = 0; i < 127; ++i) fits += raw("01 'a'");
  EXPECT_TRUE(parse_question(as_bytes(fits + raw("00 0001 0001"))).has_value());
}

TEST(DnsNames, KeepBytesThatAreNoText) {
  std::string const head = raw("0001 0100 0001 0000 0000 0000");
  auto const odd = head + raw("05 'a.b' 5C 00 00 0001 0001");
  auto const question = parse_question(as_bytes(odd)).value();
  EXPECT_EQ(question.name, "a\\046b\\092\\000");
  EXPECT_EQ(as_text(write_question(question).value()), odd);
  auto const root = parse_question(as_bytes(head + raw("00 0001 0001"))).value();
  EXPECT_EQ(root.name, "");
}

TEST(DnsNames, AreRefusedWhenTheyCannotBeWritten) {
  for (std::string const& wrong : {std::string(64, 'a'), std::string("a..b"), std::string(".a"),
                                   std::string("a.."), std::string("a\\04"), std::string("a\\999"),
                                   std::string("a\\x"), std::string(".") + ".", [] {
                                     std::string deep;
                                     for (int i = 0; i < 128; ++i) deep += "a.";
                                     return deep;
                                   }()})
    EXPECT_FALSE(write_question(asked(wrong, Type::kA)).has_value()) << wrong;
  EXPECT_EQ(write_question(asked("a.test.", Type::kA)).value(),
            write_question(asked("a.test", Type::kA)).value());
}

TEST(DnsResponse, AnswersWithAddresses) {
  auto const question = parse_question(as_bytes(kAsked)).value();
  auto const bytes =
      write_response(question, Rcode::kNoError,
                     {{"", 60, IpAddress::v4_from({127, 0, 0, 1})}, {"", 60, *parse_ip("::1")}})
          .value();
  EXPECT_EQ(as_text(bytes), raw("1234 8580 0001 0002 0000 0000 07 'eXaMpLe' 04 'TEST' 00 0001 0001"
                                "C00C 0001 0001 0000003C 0004 7F000001"
                                "C00C 001C 0001 0000003C 0010 00000000000000000000000000000001"));
  auto const response = parse_response(bytes).value();
  EXPECT_EQ(response.question.name, "eXaMpLe.TEST");
  ASSERT_EQ(response.answers.size(), 2U);
  EXPECT_EQ(response.answers[0].name, "eXaMpLe.TEST");
  EXPECT_EQ(format_ip(std::get<IpAddress>(response.answers[0].data)), "127.0.0.1");
  EXPECT_EQ(format_ip(std::get<IpAddress>(response.answers[1].data)), "::1");
  EXPECT_FALSE(response.truncated);
}

TEST(DnsResponse, AnswersWithNames) {
  auto const bytes = write_response(asked("1.2.0.192.in-addr.arpa", Type::kPtr), Rcode::kNoError,
                                    {{"", 5, std::string("web.test")}})
                         .value();
  EXPECT_TRUE(as_text(bytes).ends_with(raw("C00C 000C 0001 00000005 000A 03 'web' 04 'test' 00")));
  auto const response = parse_response(bytes).value();
  EXPECT_EQ(std::get<std::string>(response.answers.at(0).data), "web.test");
}

TEST(DnsResponse, CarriesFailures) {
  for (auto const rcode : {Rcode::kNameError, Rcode::kServerFailure, Rcode::kNotImplemented}) {
    auto const bytes = write_response(asked("no.test", Type::kA), rcode).value();
    EXPECT_EQ(parse_response(bytes).value().rcode, rcode);
    EXPECT_EQ(bytes[3], std::byte{0x80} | static_cast<std::byte>(rcode));
  }
}

TEST(DnsResponse, CutsItselfAt512Bytes) {
  std::vector<Answer> many(100, Answer{"", 60, IpAddress::v4_from({127, 0, 0, 1})});
  auto const bytes = write_response(asked("a.test", Type::kA), Rcode::kNoError, many).value();
  EXPECT_LE(bytes.size(), kMaxMessage);
  auto const response = parse_response(bytes).value();
  EXPECT_TRUE(response.truncated);
  EXPECT_EQ(response.answers.size(), (kMaxMessage - 12 - 12) / 16);
}

TEST(DnsResponse, ReadsOtherServersAnswers) {
  // A CNAME before the address, names compressed into each other.
  auto const bytes =
      raw("0007 8180 0001 0002 0000 0000 03 'www' 04 'test' 00 0001 0001"
          "C00C 0005 0001 00000001 0004 01 'a' C010"
          "C026 0001 0001 00000001 0004 C0000201");
  auto const response = parse_response(as_bytes(bytes)).value();
  ASSERT_EQ(response.answers.size(), 1U);
  EXPECT_EQ(response.answers[0].name, "a.test");
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(parse_response(as_bytes(bytes.substr(0, length))).has_value()) << length;
}

TEST(DnsResponse, RefusesAnswersOfAWrongShape) {
  auto const with = [](char const* answer) {
    return parse_response(
        as_bytes(raw(std::string("0001 8180 0001 0001 0000 0000 01 'a' 00 0001 0001") + answer)));
  };
  EXPECT_TRUE(with("C00C 0001 0001 00000001 0004 7F000001").has_value());
  EXPECT_FALSE(with("C00C 0001 0001 00000001 0003 7F0000").has_value());
  EXPECT_FALSE(with("C00C 001C 0001 00000001 0004 7F000001").has_value());
  EXPECT_TRUE(with("C00C 000C 0001 00000001 0002 C00C").has_value());
  EXPECT_FALSE(with("C00C 000C 0001 00000001 0003 C00C 00").has_value());
  EXPECT_FALSE(with("C00C 000C 0001 00000001 0000").has_value());
  EXPECT_FALSE(parse_response(as_bytes(kAsked)).has_value());
}

TEST(DnsResponse, ReadsBackWhatItWrites) {
  EXPECT_TRUE(
      rc::check([](std::vector<std::uint8_t> const& label,
                   std::vector<std::array<std::uint8_t, 4>> const& addresses, std::uint32_t ttl) {
        std::string wire = raw("0001 0100 0001 0000 0000 0000");
        auto const size = std::min<std::size_t>(label.size(), 63);
        if (size > 0) wire += static_cast<char>(size);
        wire.append(label.begin(), label.begin() + static_cast<std::ptrdiff_t>(size));
        wire += raw("00 0001 0001");
        auto const question = parse_question(as_bytes(wire)).value();
        std::vector<Answer> answers;
        for (auto const& address : addresses)
          answers.push_back({"", ttl, IpAddress::v4_from(address)});
        auto const response =
            parse_response(write_response(question, Rcode::kNoError, answers).value()).value();
        RC_ASSERT(response.question.name == question.name);
        RC_ASSERT(response.truncated == (response.answers.size() < answers.size()));
        for (std::size_t i = 0; i < response.answers.size(); ++i) {
          RC_ASSERT(response.answers[i].name == question.name);
          RC_ASSERT(response.answers[i].ttl_s == ttl);
          RC_ASSERT(response.answers[i].data == answers[i].data);
        }
      }));
}

TEST(ReverseNames, AreReadAndWritten) {
  EXPECT_EQ(reverse_name(*parse_ip("192.0.2.1")), "1.2.0.192.in-addr.arpa");
  EXPECT_EQ(reverse_name(*parse_ip("2001:db8::1")),
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
  for (auto const* text : {"192.0.2.1", "0.0.0.0", "2001:db8::1", "::"})
    EXPECT_EQ(address_of_reverse_name(reverse_name(*parse_ip(text))), parse_ip(text)) << text;
  EXPECT_EQ(address_of_reverse_name("1.2.0.192.IN-addr.ARPA."), parse_ip("192.0.2.1"));
  for (auto const* wrong : {"", "in-addr.arpa", ".in-addr.arpa", "1.2.0.in-addr.arpa",
                            "1.2.0.256.in-addr.arpa", "a.2.0.192.in-addr.arpa",
                            "0001.2.0.192.in-addr.arpa", "1.2.0.192.ip6.arpa", "1.2.0.192.example"})
    EXPECT_FALSE(address_of_reverse_name(wrong).has_value()) << wrong;
}

}  // namespace
}  // namespace perfd::wire::dns
