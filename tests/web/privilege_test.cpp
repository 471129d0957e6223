#include "web/privilege.h"

#include <gtest/gtest.h>

namespace perfd::web {
namespace {

constexpr auto kToken = "0123456789abcdef";

Request from_here(std::string host = "127.0.0.1:8080") {
  Request out;
  out.from_here = true;
  out.fields.add("Host", std::move(host));
  return out;
}

Request with_token(std::string authorization) {
  Request out;
  out.fields.add("Authorization", std::move(authorization));
  return out;
}

TEST(Privilege, IsOfWhoGivesTheToken) {
  Privilege const privilege{std::string(kToken)};
  EXPECT_TRUE(privilege.holds(with_token("Bearer 0123456789abcdef")));
  EXPECT_TRUE(privilege.holds(with_token("bearer  0123456789abcdef ")));
  for (auto const* wrong : {"", "Bearer", "Bearer ", "Bearer 0123456789abcde",
                            "Bearer 0123456789abcdef0", "Bearer 0123456789abcdeF",
                            "Bearer 0123456789abcdef0123456789abcdef", "Basic 0123456789abcdef"})
    EXPECT_FALSE(privilege.holds(with_token(wrong))) << wrong;
  EXPECT_FALSE(privilege.holds(Request()));
}

TEST(Privilege, WithoutATokenNobodyHasOne) {
  EXPECT_FALSE(Privilege().holds(with_token("Bearer ")));
  EXPECT_FALSE(Privilege().holds(with_token("Bearer x")));
  EXPECT_FALSE(Privilege(std::string()).holds(with_token("Bearer ")));
}

TEST(Privilege, IsOfThisMachinesOwn) {
  for (auto const* host : {"127.0.0.1:8080", "localhost", "LOCALHOST:80", "[::1]:8080", "[::1]"})
    EXPECT_TRUE(Privilege().holds(from_here(host))) << host;
}

TEST(Privilege, AWrongTokenIsWorseThanNone) {
  auto request = from_here();
  request.fields.add("Authorization", "Bearer wrong");
  EXPECT_FALSE(Privilege(std::string(kToken)).holds(request));
}

TEST(Privilege, IsNotOfWhomAProxySpeaksFor) {
  for (auto const* name : {"Forwarded", "X-Forwarded-For", "x-forwarded-for", "X-Forwarded-Host",
                           "X-Forwarded-Proto", "X-Real-IP", "Via"}) {
    auto request = from_here();
    request.fields.add(name, "127.0.0.1");
    EXPECT_FALSE(Privilege().holds(request)) << name;
  }
}

TEST(Privilege, IsNotOfPagesOfOtherSites) {
  for (auto const* host : {"evil.example:8080", "127.evil.example.", "abc.onion", ""})
    EXPECT_FALSE(Privilege().holds(from_here(host))) << host;
  for (auto const* site : {"cross-site", "same-site"}) {
    auto request = from_here();
    request.fields.add("Sec-Fetch-Site", site);
    EXPECT_FALSE(Privilege().holds(request)) << site;
  }
  for (auto const* site : {"same-origin", "none"}) {
    auto request = from_here();
    request.fields.add("Sec-Fetch-Site", site);
    EXPECT_TRUE(Privilege().holds(request)) << site;
  }
  auto request = from_here();
  request.fields.add("Origin", "http://evil.example");
  EXPECT_FALSE(Privilege().holds(request));
  auto own = from_here();
  own.fields.add("Origin", "http://127.0.0.1:8080");
  EXPECT_TRUE(Privilege().holds(own));
  Request without_host;
  without_host.from_here = true;
  EXPECT_FALSE(Privilege().holds(without_host));
}

TEST(Privilege, SecretsAreComparedWhole) {
  EXPECT_TRUE(equals_in_constant_time("", ""));
  EXPECT_TRUE(equals_in_constant_time("ab", "ab"));
  for (auto const* other : {"", "a", "aa", "abc", "abab", "ba"})
    EXPECT_FALSE(equals_in_constant_time("ab", other)) << other;
}

}  // namespace
}  // namespace perfd::web
