#include "net/resolve.h"

#include <gtest/gtest.h>

#include "net/support/socks_proxy.h"
#include "runtime/deadline.h"

namespace perfd::net {
namespace {

class ResolveTest : public testing::Test {
 protected:
  Result<> run(test::ProxyFaults faults, ResolveSpec spec) {
    test::SocksProxy proxy(loop_, std::move(faults));
    spec.proxy = proxy.address();
    return loop_.run_until_done(runtime::with_deadline(
        runtime::mono_now() + std::chrono::seconds{10}, resolve(loop_, std::move(spec), trace_)));
  }
  runtime::Loop loop_;
  TransferTrace trace_;
};

TEST_F(ResolveTest, ANameBecomesAnAddress) {
  ResolveSpec spec;
  spec.query = "www.example.com";
  spec.username = "someone";
  spec.password = "x";
  ASSERT_TRUE(run({.resolves_to = "192.0.2.7"}, spec));
  EXPECT_EQ(trace_.resolved, "192.0.2.7");
  EXPECT_NE(trace_.marks.find(model::mark::kResponse), nullptr);
  EXPECT_EQ(trace_.marks.find(model::mark::kDataRequest), nullptr);
  EXPECT_EQ(trace_.step, Step::done);
}

TEST_F(ResolveTest, AnAddressBecomesAName) {
  ResolveSpec spec;
  spec.query = "192.0.2.7";
  spec.reverse = true;
  ASSERT_TRUE(run({.resolves_to = "host.example.com"}, spec));
  EXPECT_EQ(trace_.resolved, "host.example.com");
}

TEST_F(ResolveTest, ARefusalKeepsItsCode) {
  ResolveSpec spec;
  spec.query = "nosuch.example.com";
  auto const result = run({.refuse = 0x04}, spec);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::kSocksRejected);
  EXPECT_EQ(trace_.socks_reply, 4);
  EXPECT_TRUE(trace_.resolved.empty());
}

}  // namespace
}  // namespace perfd::net
