#include "base/onion_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perfd {
namespace {

using testing::HasSubstr;
using testing::Optional;

// The examples of rend-spec.
constexpr std::string_view kRight[] = {
    "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion",
    "sp3k262uwy4r2k3ycr5awluarykdpag6a7y33jxop4cs2lu5uz5sseqd.onion",
    "xa4r2iadxm55fbnqgwwi5mymqdcofiu3w6rpbtqn7b2dyn7mgwj64jyd.onion",
};

TEST(OnionAddress, ARightOneHasNoProblem) {
  for (auto const address : kRight) {
    EXPECT_EQ(onion_problem(address), std::nullopt) << address;
    EXPECT_EQ(onion_problem("www.sub." + std::string(address)), std::nullopt);
    std::string upper(address);
    upper[0] = static_cast<char>(upper[0] - 'a' + 'A');
    EXPECT_EQ(onion_problem(upper), std::nullopt);
  }
  for (auto const* other : {"", "example.org", "192.0.2.1", "onion", "my.onion.example"})
    EXPECT_EQ(onion_problem(other), std::nullopt) << other;
}

TEST(OnionAddress, EveryWrongCharacterIsFound) {
  for (std::size_t i = 0; i < 56; ++i) {
    std::string address(kRight[0]);
    address[i] = address[i] == 'b' ? 'c' : 'b';
    EXPECT_TRUE(onion_problem(address)) << "in place " << i;
  }
}

TEST(OnionAddress, TheProblemIsNamed) {
  std::string address(kRight[0]);
  address[3] = address[3] == 'm' ? 'n' : 'm';
  EXPECT_THAT(onion_problem(address), Optional(HasSubstr("wrong checksum")));
  EXPECT_THAT(onion_problem("expyuzz4wqqyqhjn.onion"), Optional(HasSubstr("version 2")));
  EXPECT_THAT(onion_problem("short.onion"), Optional(HasSubstr("56 characters")));
  EXPECT_THAT(onion_problem(".onion"), Optional(HasSubstr("56 characters")));
  address = kRight[0];
  address[5] = '1';
  EXPECT_THAT(onion_problem(address), Optional(HasSubstr("digits 2 to 7")));
  address = kRight[0];
  address[55] = 'e';
  EXPECT_THAT(onion_problem(address), Optional(HasSubstr("version 4")));
}

}  // namespace
}  // namespace perfd
