#include "wire/torctl/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perfd::wire::torctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

TEST(GetInfo, GivesValuesOfOneLineAndOfMany) {
  auto const values = parse_getinfo({250,
                                     {{'-', "version=0.4.9.11"},
                                      {'-', "empty="},
                                      {'+', "circuit-status=", "1 BUILT\n2 LAUNCHED\n"},
                                      {'-', "x=a=b"},
                                      {' ', "OK"}}});
  EXPECT_THAT(values.value(),
              ElementsAre(Pair("version", "0.4.9.11"), Pair("empty", ""),
                          Pair("circuit-status", "1 BUILT\n2 LAUNCHED\n"), Pair("x", "a=b")));
}

TEST(GetInfo, KeepsTheCodeOfARefusal) {
  auto const refused = parse_getinfo({552, {{' ', "Unrecognized key \"x\""}}});
  ASSERT_TRUE(refused.has_error());
  EXPECT_THAT(refused.error().message, HasSubstr("GETINFO: 552 Unrecognized key"));
  EXPECT_EQ(refused.error().code.value(), 552);
  EXPECT_EQ(refused.error().code.category(), reply_category());
  EXPECT_TRUE(parse_getinfo({250, {{'-', "no equals sign"}, {' ', "OK"}}}).has_error());
}

TEST(GetConf, TellsADefaultFromAnEmptyValue) {
  auto const values = parse_getconf({250,
                                     {{'-', "SocksPort=9050"},
                                      {'-', "SocksPort=127.0.0.1:9052 ExtendedErrors"},
                                      {'-', "Nickname"},
                                      {'-', "Empty="},
                                      {' ', "Quoted=\"a \\\"b\""}}});
  EXPECT_THAT(
      values.value(),
      ElementsAre(Pair("SocksPort", "9050"), Pair("SocksPort", "127.0.0.1:9052 ExtendedErrors"),
                  Pair("Nickname", std::nullopt), Pair("Empty", ""), Pair("Quoted", "a \"b")));
  EXPECT_TRUE(parse_getconf({250, {{' ', "OK"}}}).value().empty());
}

TEST(ExtendCircuit, GivesTheCircuit) {
  EXPECT_EQ(parse_extendcircuit({250, {{' ', "EXTENDED 17"}}}).value(), 17U);
  EXPECT_TRUE(parse_extendcircuit({250, {{' ', "EXTENDED x"}}}).has_error());
  EXPECT_EQ(parse_extendcircuit({551, {{' ', "Couldn't start circuit"}}}).error().code.value(),
            551);
}

TEST(AddOnion, GivesAddressAndKey) {
  auto const service = parse_add_onion(
      {250, {{'-', "ServiceID=abc"}, {'-', "PrivateKey=ED25519-V3:xyz=="}, {' ', "OK"}}});
  EXPECT_EQ(service.value().service_id, "abc");
  EXPECT_EQ(service.value().private_key, "ED25519-V3:xyz==");
  auto const wrong = parse_add_onion({250, {{'-', "PrivateKey=ED25519-V3:xyz"}, {' ', "OK"}}});
  EXPECT_THAT(wrong.error().message, Not(HasSubstr("xyz")));
}

TEST(ExpectOk, PrintsWhatTorSaidSafely) {
  EXPECT_TRUE(expect_ok({250, {{' ', "OK"}}}, "SETCONF").has_value());
  auto const refused = expect_ok({513, {{'-', "one\x1b"}, {' ', "two"}}}, "SETCONF");
  EXPECT_THAT(refused.error().message, HasSubstr("tor refused SETCONF: 513 one\\x1b; two"));
}

}  // namespace
}  // namespace perfd::wire::torctl
