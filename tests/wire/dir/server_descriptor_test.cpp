#include "wire/dir/server_descriptor.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

namespace perfd::wire::dir {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

std::string descriptor(std::string const& nickname, std::string const& fingerprint,
                       std::string const& bandwidth) {
  return "@downloaded-at 2026-11-24 03:00:00\n@source \"127.0.1.1\"\nrouter " + nickname +
         " 127.0.2.1 26201 0 0\nidentity-ed25519\n-----BEGIN ED25519 CERT-----\nAQQ\n"
         "-----END ED25519 CERT-----\nplatform Tor 0.4.9.11 on Linux\npublished 2026-11-24 "
         "03:00:00\nfingerprint " +
         fingerprint + "\nuptime 5\nbandwidth " + bandwidth +
         "\nonion-key\n-----BEGIN RSA PUBLIC KEY-----\nMII\n-----END RSA PUBLIC KEY-----\n"
         "reject *:*\nrouter-signature\n-----BEGIN SIGNATURE-----\nabc\n-----END SIGNATURE-----\n";
}

constexpr char const* kGrouped = "9695 DFC3 5FFE B861 329B 9F1A B4C0 4639 7020 CE31";

TEST(ServerDescriptor, ReadsTheBandwidthsOfEach) {
  auto const read = parse_server_descriptors(descriptor("one", kGrouped, "1000 2000 300") +
                                             descriptor("two", std::string(40, 'a'), "5 6 7"));
  EXPECT_EQ(read.unreadable, 0U);
  EXPECT_THAT(read.relays, ElementsAre(ServerDescriptor{"9695DFC35FFEB861329B9F1AB4C046397020CE31",
                                                        1000, 2000, 300},
                                       ServerDescriptor{std::string(40, 'A'), 5, 6, 7}));
}

TEST(ServerDescriptor, AdvertisesTheLeastOfTheThree) {
  EXPECT_EQ((ServerDescriptor{"", 1, 2, 3}.self_advertised()), 1);
  EXPECT_EQ((ServerDescriptor{"", 3, 2, 4}.self_advertised()), 2);
  EXPECT_EQ((ServerDescriptor{"", 3, 2, 1}.self_advertised()), 1);
}

TEST(ServerDescriptor, LeavesOutWhatItCantReadAndTakesTheNext) {
  auto const read = parse_server_descriptors(
      descriptor("nofp", "9695", "1 2 3") + descriptor("nothex", std::string(40, 'z'), "1 2 3") +
      descriptor("toolong", std::string(44, 'a'), "1 2 3") + descriptor("nobw", kGrouped, "1 2") +
      descriptor("negative", kGrouped, "1 -2 3") + descriptor("good", kGrouped, "4 5 6") +
      "router cut 127.0.0.1 1 0 0\nfingerprint " + kGrouped + "\n");
  EXPECT_EQ(read.unreadable, 6U);
  ASSERT_THAT(read.relays, SizeIs(1));
  EXPECT_EQ(read.relays[0].average, 4);
}

TEST(ServerDescriptor, KnowsTheOldWord) {
  EXPECT_THAT(parse_server_descriptors(std::string("router a 1.2.3.4 1 0 0\nopt fingerprint ") +
                                       kGrouped + "\nopt bandwidth 1 2 3\n")
                  .relays,
              SizeIs(1));
}

RC_GTEST_PROP(ServerDescriptor, TakesAnyText, (std::string const& text)) {
  for (auto const& relay : parse_server_descriptors("router\n" + text).relays)
    RC_ASSERT(relay.fingerprint.size() == 40U && relay.self_advertised() >= 0);
}

}  // namespace
}  // namespace perfd::wire::dir
