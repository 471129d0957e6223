// What perfd writes for a tor that it launches, and what it reads of its port file.
#include "tor/process.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace perfd::tor {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines_of(std::string const& text) {
  std::vector<std::string> out;
  for (auto const line : split(text, '\n')) out.emplace_back(line);
  return out;
}

std::string torrc_for(std::filesystem::path const& folder, std::vector<std::string> lines = {}) {
  ProcessSettings const settings{"/usr/bin/tor", folder, std::move(lines)};
  return make_torrc(settings, ControlPlace::in(folder), 4711);
}

TEST(TorrcTest, HasTheUsersLinesFirstAndThenWhatPerfdNeeds) {
  EXPECT_EQ(torrc_for("/var/lib/perfd/tor", {"UseEntryGuards 0", "ConfluxEnabled 0"}),
            "# Written by perfd at each start. First the lines of the configuration.\n"
            "UseEntryGuards 0\n"
            "ConfluxEnabled 0\n"
            "# What perfd needs.\n"
            "DataDirectory \"/var/lib/perfd/tor\"\n"
            "ControlPort unix:\"/var/lib/perfd/tor/control\"\n"
            "CookieAuthentication 1\n"
            "CookieAuthFile \"/var/lib/perfd/tor/control_auth_cookie\"\n"
            "SocksPort 127.0.0.1:auto ExtendedErrors\n"
            "__OwningControllerProcess 4711\n"
            "Log notice stdout\n");
}

TEST(TorrcTest, LeavesTheUsersOwnSocksPortAlone) {
  for (std::string const line :
       {"SocksPort 9150", "socksport 9150", "  SOCKSPort\t9150", "SocksPort"})
    EXPECT_THAT(torrc_for("/d", {line}), Not(HasSubstr("ExtendedErrors"))) << line;
  for (std::string const line : {"SocksPolicy accept *", "# SocksPort 9150"})
    EXPECT_THAT(torrc_for("/d", {line}), HasSubstr("SocksPort 127.0.0.1:auto ExtendedErrors"))
        << line;
}

TEST(TorrcTest, QuotesPathsThatTorWouldReadOtherwise) {
  EXPECT_THAT(lines_of(torrc_for(R"(/a b/#1 "x"\y)")),
              Contains(R"(DataDirectory "/a b/#1 \"x\"\\y")"));
}

TEST(TorrcTest, TakesATcpPortWhereTorCouldNotReadTheSocketsPath) {
  std::string const fits = "/" + std::string(107 - 1 - 8, 'x');  // with "/control": 107 bytes
  EXPECT_EQ(ControlPlace::in(fits).unix_socket, fits + "/control");
  EXPECT_TRUE(ControlPlace::in(fits).port_file.empty());

  EXPECT_TRUE(ControlPlace::in("/a#b").unix_socket.empty());
  auto const longer = fits + "x";
  EXPECT_TRUE(ControlPlace::in(longer).unix_socket.empty());
  auto const torrc = lines_of(torrc_for(longer));
  EXPECT_THAT(torrc, Contains("ControlPort 127.0.0.1:auto"));
  EXPECT_THAT(torrc, Contains("ControlPortWriteToFile \"" + longer + "/control.port\""));
}

TEST(PortFileTest, NamesAddressesAsTorWritesThem) {
  EXPECT_EQ(parse_port_file("PORT=127.0.0.1:9051\n").value().text(), "127.0.0.1:9051");
  EXPECT_EQ(parse_port_file("UNIX_PORT=/run/tor/control\n").value().text(),
            "unix:/run/tor/control");
  EXPECT_EQ(parse_port_file("\nPORT=nonsense\r\nPORT=[::1]:9051\r\n").value().text(), "[::1]:9051");
  for (auto const* nothing : {"", "PORT=", "PORT=127.0.0.1", "port=127.0.0.1:9051", "9051\n"})
    EXPECT_FALSE(parse_port_file(nothing)) << nothing;
}

}  // namespace
}  // namespace perfd::tor
