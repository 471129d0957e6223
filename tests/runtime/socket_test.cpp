#include "runtime/socket.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <barrier>
#include <cstring>
#include <filesystem>
#include <optional>
#include <thread>
#include <vector>

#include "runtime/deadline.h"
#include "runtime/files.h"
#include "runtime/loop.h"

namespace perfd::runtime {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

struct Pair {
  StreamSocket client;
  StreamSocket server;
};

Task<Result<Pair>> connected(Loop& loop) {
  Listener listener(loop, BoundListener::bind(Address::parse("127.0.0.1:0").value()).value());
  auto client = StreamSocket::create(loop, listener.address());
  if (!client) co_return client.error();
  if (auto r = client->enable_receive_stamps(); !r) co_return r.error();
  if (auto r = co_await client->connect(listener.address()); !r) co_return r.error();
  auto accepted = co_await listener.accept();
  if (!accepted) co_return accepted.error();
  (void)accepted->socket.set_no_delay();
  co_return Pair{std::move(*client), std::move(accepted->socket)};
}

TEST(Address, IsReadAndWrittenInEveryFamily) {
  for (auto const* text : {"127.0.0.1:80", "[::1]:9050", "unix:/run/tor/control", "0.0.0.0:0"})
    EXPECT_EQ(Address::parse(text).value().text(), text);
  EXPECT_EQ(Address::parse("localhost:80").value().text(), "127.0.0.1:80");
  for (auto const* wrong : {"", "127.0.0.1", "example.org:80", "::1:80", "1.2.3.4:65536", "unix:"})
    EXPECT_FALSE(Address::parse(wrong).has_value()) << wrong;
}

// The kernel begins to stamp a moment after the first socket asked for it.
void wait_for_stamps(Loop& loop) {
  std::array<std::byte, 8> buffer;
  for (int i = 0; i < 1000; ++i) {
    auto pair = loop.run_until_done(connected(loop)).value();
    ASSERT_TRUE(pair.server.send_now(bytes_of("x")).has_value());
    if (loop.run_until_done(pair.client.receive(buffer)).value().stamp) return;
    ::usleep(1'000);
  }
  FAIL() << "this kernel gives no receive time stamps (SO_TIMESTAMPING)";
}

TEST(Socket, TellsWhenBytesArrivedThoughTheReaderComesLate) {
  Loop loop;
  wait_for_stamps(loop);
  auto pair = loop.run_until_done(connected(loop)).value();
  std::array<std::byte, 64> buffer;
  auto const nothing = pair.client.receive_now(buffer).value();
  EXPECT_EQ(nothing.status, Received::Status::would_block);

  auto const before = mono_now();
  ASSERT_EQ(pair.server.send_now(bytes_of("hello")).value(), 5U);
  auto const after = mono_now();
  ::usleep(30'000);
  auto const received = pair.client.receive_now(buffer).value();
  ASSERT_EQ(received.status, Received::Status::data);
  EXPECT_EQ(received.bytes, 5U);
  EXPECT_TRUE(received.drained);
  ASSERT_TRUE(received.stamp.has_value());
  // The conversion from wall to monotonic time adds less than this.
  constexpr auto kConversion = std::chrono::microseconds{100};
  EXPECT_GE(*received.stamp, before - kConversion);
  EXPECT_LE(*received.stamp, after + kConversion);
  EXPECT_GE(received.read_at - *received.stamp, std::chrono::milliseconds{25});
}

TEST(Socket, ReadsThatFillTheBufferAreNotDrained) {
  Loop loop;
  auto pair = loop.run_until_done(connected(loop)).value();
  ASSERT_TRUE(pair.server.send_now(bytes_of("0123456789")).has_value());
  loop.run_until_done(pair.client.readable());
  std::array<std::byte, 4> small;
  EXPECT_FALSE(pair.client.receive_now(small).value().drained);
}

TEST(Socket, AnOrderlyEndAndAResetAreTwoThings) {
  Loop loop;
  std::array<std::byte, 4> buffer;
  auto orderly = loop.run_until_done(connected(loop)).value();
  orderly.server.close();
  EXPECT_EQ(loop.run_until_done(orderly.client.receive(buffer)).value().status,
            Received::Status::end);
  auto reset = loop.run_until_done(connected(loop)).value();
  reset.server.reset_on_close();
  reset.server.close();
  auto const result = loop.run_until_done(reset.client.receive(buffer));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, boost::system::errc::connection_reset);
}

// SIGPIPE's default would end the test's process.
TEST(Socket, AFileForAPeerThatIsGoneIsAnErrorAndNoSignal) {
  Loop loop;
  auto pair = socket_pair(loop);
  ASSERT_TRUE(pair);
  pair->second.close();
  MemoryFile const file(4096);
  auto const sent = pair->first.send_file_now(file.fd(), 0, 4096);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, boost::system::errc::broken_pipe);
}

TEST(Socket, ARefusedConnectionNamesItsPeer) {
  Loop loop;
  auto const unused = BoundListener::bind(Address::parse("127.0.0.1:0").value()).value().address();
  auto socket = StreamSocket::create(loop, unused).value();
  auto const result = loop.run_until_done(socket.connect(unused));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, boost::system::errc::connection_refused);
  EXPECT_THAT(result.error().message, testing::HasSubstr(unused.text()));
}

TEST(Listener, ATakenPortIsAnErrorWithARemedy) {
  auto const first = BoundListener::bind(Address::parse("127.0.0.1:0").value()).value();
  auto const second = BoundListener::bind(first.address());
  ASSERT_FALSE(second.has_value());
  EXPECT_THAT(second.error().message, testing::HasSubstr("another program uses it"));
}

// The file that a listener leaves behind when it closes is what a killed process leaves.
TEST(Listen, TakesAUnixSocketsPlaceOnceItsOwnerIsGoneAndOnlyOneOfManyDoes) {
  auto const folder = make_temporary_folder("perfd-listen").value();
  auto const address = Address::parse("unix:" + (folder / "socket").string()).value();
  constexpr int kContenders = 8;
  for (int round = 0; round < 50; ++round) {
    std::barrier start(kContenders);
    std::array<std::optional<Result<BoundListener>>, kContenders> outcomes;
    {
      std::vector<std::jthread> contenders;
      for (auto& outcome : outcomes)
        contenders.emplace_back([&] {
          start.arrive_and_wait();
          outcome = BoundListener::bind(address);
        });
    }
    int winners = 0;
    for (auto const& outcome : outcomes) {
      if (*outcome)
        ++winners;
      else
        EXPECT_EQ(outcome->error().code, boost::system::errc::address_in_use);
    }
    ASSERT_EQ(winners, 1) << "in round " << round;
  }
  std::filesystem::remove_all(folder);
}

TEST(Listen, WaitsNoLongerThanItsLimitForTheLockOfAUnixSocketsFolder) {
  auto const folder = make_temporary_folder("perfd-listen").value();
  auto const address = Address::parse("unix:" + (folder / "socket").string()).value();
  int const held = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);
  auto const bound = BoundListener::bind(address, Nanos{0});
  ASSERT_FALSE(bound);
  EXPECT_THAT(bound.error().message,
              testing::HasSubstr("holds a lock on " + folder.string() + " (flock)"));
  ::close(held);
  EXPECT_TRUE(BoundListener::bind(address, Nanos{0}));
  std::filesystem::remove_all(folder);
}

// Who asks it whether it is there must not wait for it.
TEST(Listen, LeavesTheSocketOfOneThatIsTooBusyToAccept) {
  auto const folder = make_temporary_folder("perfd-listen").value();
  auto const address = Address::parse("unix:" + (folder / "socket").string()).value();
  int const busy = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::bind(busy, address.native(), address.native_length()), 0);
  ASSERT_EQ(::listen(busy, 0), 0);  // one connection waits, and no more
  int const first = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::connect(first, address.native(), address.native_length()), 0);
  auto const bound = BoundListener::bind(address);
  ASSERT_FALSE(bound);
  EXPECT_EQ(bound.error().code, boost::system::errc::address_in_use);
  ::close(first);
  ::close(busy);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace perfd::runtime
