// What becomes of the user name that isolates a measurement, with each kind of proxy.
#include "net/support/fault_server.h"
#include "net/support/run_transfer.h"
#include "net/support/socks_proxy.h"
#include "net/transfer.h"

#include <gtest/gtest.h>

namespace perfd::net {
namespace {

using wire::socks::Version;

class TransferUsername : public testing::Test {
 protected:
  Result<> fetch(test::ProxyFaults faults, std::string username, bool require_auth,
                 Version version = Version::kSocks5) {
    test::FaultServer server(loop_, test::Fault::none);
    test::SocksProxy proxy(loop_, std::move(faults));
    auto spec = test::payload_of(server.address(), 1000);
    spec.proxy = proxy.address();
    spec.socks_version = version;
    spec.username = std::move(username);
    spec.require_auth = require_auth;
    if (!spec.username.empty() && version == Version::kSocks5) spec.password = "word";
    auto result = test::run_transfer(loop_, spec, trace_);
    methods_ = proxy.last_methods();
    seen_ = proxy.last_request().user;
    return result;
  }

  runtime::Loop loop_;
  TransferTrace trace_;
  std::string methods_;
  std::string seen_;
};

std::string bytes(std::initializer_list<char> values) { return {values}; }

TEST_F(TransferUsername, WithoutOneOnlyNoAuthenticationIsOffered) {
  for (bool const no_usernames : {false, true}) {
    ASSERT_TRUE(fetch({.no_usernames = no_usernames}, "", true));
    EXPECT_EQ(methods_, bytes({0}));
    EXPECT_EQ(seen_, "");
  }
}

TEST_F(TransferUsername, ARequiredOneIsAllThatIsOffered) {
  ASSERT_TRUE(fetch({}, "user", true));
  EXPECT_EQ(methods_, bytes({2}));
  EXPECT_EQ(seen_, "user");
}

TEST_F(TransferUsername, AProxyThatCannotTakeARequiredOneFailsTheTransfer) {
  auto const refused = fetch({.no_usernames = true}, "user", true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kSocksAuth);
  // Nor may it go on without, as if nothing were lost.
  auto const dropped = fetch({.drops_usernames = true}, "user", true);
  ASSERT_FALSE(dropped);
  EXPECT_EQ(dropped.error().code, Errc::kSocksProtocol);
  EXPECT_EQ(trace_.marks.find(model::mark::kRequest), nullptr);
}

TEST_F(TransferUsername, AForeignProxyMayPassByOneThatIsNotRequired) {
  ASSERT_TRUE(fetch({.no_usernames = true}, "user", false));
  EXPECT_EQ(methods_, bytes({0, 2}));
  EXPECT_EQ(seen_, "");
  // One that takes names, as tor does, is given it.
  ASSERT_TRUE(fetch({}, "user", false));
  EXPECT_EQ(seen_, "user");
}

TEST_F(TransferUsername, OfSocks4IsAUserIdWithoutAPassword) {
  for (auto const version : {Version::kSocks4, Version::kSocks4a}) {
    ASSERT_TRUE(fetch({}, "user", true, version));
    EXPECT_EQ(seen_, "user");
    ASSERT_TRUE(fetch({}, "", true, version));
    EXPECT_EQ(seen_, "");
  }
}

}  // namespace
}  // namespace perfd::net
