// Whose the other end of a connection over loopback is.
#include "runtime/peer_user.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "runtime/loop.h"
#include "runtime/socket.h"

namespace perfd::runtime {
namespace {

struct Ends {
  StreamSocket client;
  StreamSocket server;
  Address peer;
};

Task<Result<Ends>> connect_to(Loop& loop, std::string listen) {
  Listener listener(loop, BoundListener::bind(Address::parse(listen).value()).value());
  auto client = StreamSocket::create(loop, listener.address());
  if (!client) co_return client.error();
  if (auto connected = co_await client->connect(listener.address()); !connected)
    co_return connected.error();
  auto accepted = co_await listener.accept();
  if (!accepted) co_return accepted.error();
  co_return Ends{std::move(*client), std::move(accepted->socket), accepted->peer};
}

class PeerUser : public testing::TestWithParam<char const*> {
 protected:
  Loop loop_;
};

TEST_P(PeerUser, IsWhoeverOpenedTheSocket) {
  auto ends = loop_.run_until_done(connect_to(loop_, GetParam())).value();
  EXPECT_EQ(user_at(ends.peer, ends.server.local_address().value()), ::geteuid());
}

// The kernel would tell of such a socket that it is root's.
TEST_P(PeerUser, IsNobodyOnceItHasClosedItsEnd) {
  auto ends = loop_.run_until_done(connect_to(loop_, GetParam())).value();
  auto const local = ends.server.local_address().value();
  ends.client.close();
  EXPECT_FALSE(user_at(ends.peer, local).has_value());
}

INSTANTIATE_TEST_SUITE_P(BothFamilies, PeerUser, testing::Values("127.0.0.1:0", "[::1]:0"));

TEST(PeerUserOf, OtherMachinesAndSocketsThatAreNotThereIsNotKnown) {
  auto const loopback = Address::parse("127.0.0.1:9").value();
  EXPECT_FALSE(user_at(Address::parse("192.0.2.1:80").value(), loopback).has_value());
  EXPECT_FALSE(user_at(Address::parse("127.0.0.1:1").value(), loopback).has_value());
  EXPECT_FALSE(user_at(Address::parse("[::1]:1").value(), loopback).has_value());
  EXPECT_FALSE(user_at(Address::parse("unix:/run/x").value(), loopback).has_value());
  EXPECT_FALSE(user_at(loopback, Address()).has_value());
}

}  // namespace
}  // namespace perfd::runtime
