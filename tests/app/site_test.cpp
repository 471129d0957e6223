// Who may be taken for a user of this machine.
#include "app/site.h"

#include <gtest/gtest.h>

namespace perfd::app {
namespace {

Site::Loopback with_line(std::string line) {
  std::vector<config::Tor> tors(2);
  tors[1].torrc = {"UseEntryGuards 0", std::move(line)};
  return Site::loopback_with(tors);
}

TEST(Loopback, IsOfUsersWhereNoTorLetsOthersThrough) {
  EXPECT_EQ(Site::loopback_with({}), Site::Loopback::users);
  for (auto const* line : {"ConfluxEnabled 0", "# HiddenServicePort 80 127.0.0.1:8080",
                           "ExcludeExitNodes {de}", "SocksPort 9050"})
    EXPECT_EQ(with_line(line), Site::Loopback::users) << line;
}

TEST(Loopback, IsOfEverybodyWhereATorOfPerfdsLeadsToThisMachine) {
  for (auto const* line :
       {"HiddenServicePort 80 127.0.0.1:8080", "  hiddenservicedir /var/lib/tor/perfd",
        "+HiddenServicePort 80", "%include /etc/tor/more", "ExitRelay 1",
        "ExitPolicyRejectPrivate 0", "EXITPOLICY accept *:*"})
    EXPECT_EQ(with_line(line), Site::Loopback::everybody) << line;
}

}  // namespace
}  // namespace perfd::app
