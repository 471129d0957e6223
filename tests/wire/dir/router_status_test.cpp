#include "wire/dir/router_status.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

namespace perfd::wire::dir {
namespace {

using testing::SizeIs;

// As tor 0.4.9.11 answers.
constexpr std::string_view kTwo =
    "r guard0 lpXfw1/+uGEym58atMBGOXAgzjE 2aTqoDX0iKCjg1lIpkTPgfcrLxk 2026-11-24 03:00:00 "
    "127.0.2.1 26201 0\n"
    "a [2001:db8::1]:443\n"
    "s Fast Guard HSDir Running Stable V2Dir Valid\n"
    "w Bandwidth=500\n"
    "p reject 1-65535\n"
    "r exit0 AAAAAAAAAAAAAAAAAAAAAAAAAAA 2aTqoDX0iKCjg1lIpkTPgfcrLxk 2026-11-24 03:00:00 "
    "127.0.3.1 26301 9030\n"
    "s Exit Running Valid NeverHeardOf\n"
    "w Bandwidth=20 Unmeasured=1\n";

TEST(RouterStatus, ReadsWhatTorAnswers) {
  auto const read = parse_router_statuses(kTwo);
  EXPECT_EQ(read.unreadable, 0U);
  ASSERT_THAT(read.relays, SizeIs(2));
  auto const& guard = read.relays[0];
  EXPECT_EQ(guard.fingerprint, "9695DFC35FFEB861329B9F1AB4C046397020CE31");
  EXPECT_EQ(guard.nickname, "guard0");
  EXPECT_EQ(guard.address, "127.0.2.1");
  EXPECT_EQ(guard.or_port, 26201);
  EXPECT_EQ(guard.bandwidth, 500);
  EXPECT_FALSE(guard.unmeasured);
  for (auto const flag : {Flag::kFast, Flag::kGuard, Flag::kHsDir, Flag::kRunning, Flag::kStable,
                          Flag::kV2Dir, Flag::kValid})
    EXPECT_TRUE(guard.has(flag));
  EXPECT_FALSE(guard.has(Flag::kExit));
  auto const& exit = read.relays[1];
  EXPECT_EQ(exit.fingerprint, std::string(40, '0'));
  EXPECT_TRUE(exit.has(Flag::kExit));
  EXPECT_FALSE(exit.has(Flag::kGuard));
  EXPECT_TRUE(exit.unmeasured);
  EXPECT_EQ(exit.bandwidth, 20);
}

TEST(RouterStatus, ReadsEntriesOfTheConsensusOfMicrodescriptors) {
  auto const read = parse_router_statuses(
      "r guard0 lpXfw1/+uGEym58atMBGOXAgzjE 2026-11-24 03:00:00 127.0.2.1 26201 0\ns Guard\n");
  ASSERT_THAT(read.relays, SizeIs(1));
  EXPECT_EQ(read.relays[0].address, "127.0.2.1");
  EXPECT_EQ(read.relays[0].or_port, 26201);
  EXPECT_FALSE(read.relays[0].bandwidth);
}

TEST(RouterStatus, LeavesOutEntriesThatItCantReadAndWhatBelongsToThem) {
  auto const read = parse_router_statuses(
      "s Guard\n"
      "r short lpXfw1/+uGEym58atMBGOXAgzjE\ns Guard\n"
      "r notbase64 lpXfw1/+uGEym58atMBGOXAgzj! d 2026-11-24 03:00:00 127.0.2.1 26201 0\n"
      "r badport lpXfw1/+uGEym58atMBGOXAgzjE d 2026-11-24 03:00:00 127.0.2.1 99999 0\n"
      "w Bandwidth=1\n"
      "r good lpXfw1/+uGEym58atMBGOXAgzjE d 2026-11-24 03:00:00 127.0.2.1 1 0\r\n"
      "w Bandwidth=x Unmeasured=2\r\n"
      "s Guard");
  EXPECT_EQ(read.unreadable, 3U);
  ASSERT_THAT(read.relays, SizeIs(1));
  EXPECT_EQ(read.relays[0].nickname, "good");
  EXPECT_FALSE(read.relays[0].bandwidth);
  EXPECT_FALSE(read.relays[0].unmeasured);
  EXPECT_TRUE(read.relays[0].has(Flag::kGuard));
}

TEST(RouterStatus, IsBounded) {
  std::string text;
  for (std::size_t i = 0; i < kMaxRelays + 5; ++i)
    text += "r n lpXfw1/+uGEym58atMBGOXAgzjE 2026-11-24 03:00:00 127.0.2.1 1 0\n";
  auto const read = parse_router_statuses(text);
  EXPECT_THAT(read.relays, SizeIs(kMaxRelays));
  EXPECT_EQ(read.unreadable, 5U);
}

// Any cut leaves whole entries whole.
TEST(RouterStatus, ReadsTheEntriesThatATruncatedTextStillHas) {
  auto const whole = parse_router_statuses(kTwo).relays;
  for (std::size_t cut = 0; cut < kTwo.size(); ++cut) {
    auto const read = parse_router_statuses(kTwo.substr(0, cut));
    ASSERT_LE(read.relays.size(), 2U);
    if (read.relays.size() == 2) {
      EXPECT_EQ(read.relays[0], whole[0]);
    }
  }
}

RC_GTEST_PROP(RouterStatus, TakesAnyText, (std::string const& text)) {
  for (auto const& relay : parse_router_statuses("r " + text + "\n" + text).relays)
    RC_ASSERT(relay.fingerprint.size() == 40U && relay.nickname.size() <= 19U);
}

}  // namespace
}  // namespace perfd::wire::dir
