#include "wire/torctl/auth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "base/text.h"

namespace perfd::wire::torctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// 32 bytes that count up from `first`.
AuthBytes counting(unsigned first) {
  AuthBytes out{};
  for (auto& byte : out) byte = static_cast<std::byte>(first++);
  return out;
}

// Computed with another implementation of HMAC-SHA256.
constexpr std::string_view kServerHash =
    "3c8780ab52365c0d080750447e5f64dabc00428c6c434579c2043e18c1f85389";
constexpr std::string_view kClientHash =
    "b47642df2d5abb84f69e6d02d41bed6b44aee33e69562528a82166fc98bc0b1e";

Reply challenge_reply(std::string_view hash) {
  return {
      250,
      {{' ', "AUTHCHALLENGE SERVERHASH=" + to_upper(hash) + " SERVERNONCE=" + hex(counting(64))}}};
}

TEST(SafeCookie, ProvesKnowledgeOfTheCookieToTor) {
  auto const challenge = parse_authchallenge(challenge_reply(kServerHash)).value();
  auto const answer = answer_challenge(challenge, counting(0), counting(32));
  EXPECT_EQ(hex(answer.value()), kClientHash);
}

TEST(SafeCookie, RefusesATorThatDoesNotKnowTheCookie) {
  std::string wrong(kServerHash);
  wrong.back() = '8';
  auto const challenge = parse_authchallenge(challenge_reply(wrong)).value();
  auto const answer = answer_challenge(challenge, counting(0), counting(32));
  ASSERT_TRUE(answer.has_error());
  EXPECT_THAT(answer.error().message, HasSubstr("does not know the cookie"));
  EXPECT_TRUE(answer_challenge(parse_authchallenge(challenge_reply(kServerHash)).value(),
                               counting(1), counting(32))
                  .has_error());
}

TEST(SafeCookie, RefusesAnIncompleteChallenge) {
  for (std::string const& text : std::vector<std::string>{
           "AUTHCHALLENGE", "AUTHCHALLENGE SERVERHASH=" + std::string(kServerHash),
           "AUTHCHALLENGE SERVERHASH=00 SERVERNONCE=00",
           "AUTHCHALLENGE SERVERHASH=" + std::string(64, 'x') + " SERVERNONCE=" + hex(counting(0))})
    EXPECT_FALSE(parse_authchallenge({250, {{' ', text}}}).has_value()) << text;
  auto const refused = parse_authchallenge({513, {{' ', "Invalid base16 client nonce"}}});
  EXPECT_THAT(refused.error().message, HasSubstr("513 Invalid base16"));
}

TEST(ProtocolInfo, NamesMethodsCookieFileAndVersion) {
  auto const info =
      parse_protocolinfo({250,
                          {{'-', "PROTOCOLINFO 1"},
                           {'-', R"(AUTH METHODS=COOKIE,SAFECOOKIE,HASHEDPASSWORD,NEW )"
                                 R"(COOKIEFILE="/var/lib/to\"r/control_auth_cookie")"},
                           {'-', R"(VERSION Tor="0.4.9.11" MORE)"},
                           {'-', "FUTURE \"unfinished"},
                           {' ', "OK"}}})
          .value();
  EXPECT_TRUE(info.cookie && info.safe_cookie && info.password);
  EXPECT_FALSE(info.null);
  EXPECT_THAT(info.methods, ElementsAre("COOKIE", "SAFECOOKIE", "HASHEDPASSWORD", "NEW"));
  EXPECT_THAT(info.cookie_files, ElementsAre("/var/lib/to\"r/control_auth_cookie"));
  EXPECT_EQ(info.tor_version, "0.4.9.11");
}

TEST(ProtocolInfo, SaysWhenTheOtherSideIsNoTor) {
  auto const wrong = parse_protocolinfo({220, {{' ', "mail.example.com ESMTP"}}});
  EXPECT_THAT(wrong.error().message, HasSubstr("not a tor control port"));
  EXPECT_FALSE(parse_protocolinfo({514, {{' ', "Authentication required."}}}).has_value());
}

}  // namespace
}  // namespace perfd::wire::torctl
