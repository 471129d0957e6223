#include "wire/torctl/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perfd::wire::torctl::command {
namespace {

using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

TEST(Commands, AreWrittenAsTheSpecificationSays) {
  EXPECT_EQ(protocolinfo(), "PROTOCOLINFO 1\r\n");
  EXPECT_EQ(authenticate(), "AUTHENTICATE\r\n");
  EXPECT_EQ(authenticate_password("a \"b").value(), "AUTHENTICATE \"a \\\"b\"\r\n");
  std::vector<std::byte> const bytes{std::byte{0}, std::byte{0xab}};
  EXPECT_EQ(authenticate_bytes(bytes), "AUTHENTICATE 00ab\r\n");
  EXPECT_EQ(authchallenge(bytes), "AUTHCHALLENGE SAFECOOKIE 00ab\r\n");
  EXPECT_EQ(setevents(Words{"CIRC", "STREAM"}).value(), "SETEVENTS CIRC STREAM\r\n");
  EXPECT_EQ(setevents(Words{}).value(), "SETEVENTS\r\n");
  EXPECT_EQ(getinfo(Words{"version", "desc/name/a"}).value(), "GETINFO version desc/name/a\r\n");
  EXPECT_EQ(getconf(Words{"SocksPort"}).value(), "GETCONF SocksPort\r\n");
  EXPECT_EQ(signal("NEWNYM").value(), "SIGNAL NEWNYM\r\n");
  EXPECT_EQ(attachstream(4, 0), "ATTACHSTREAM 4 0\r\n");
  EXPECT_EQ(attachstream(4, 5, 2), "ATTACHSTREAM 4 5 HOP=2\r\n");
  EXPECT_EQ(closestream(7), "CLOSESTREAM 7 1\r\n");
  EXPECT_EQ(closecircuit(7), "CLOSECIRCUIT 7\r\n");
  EXPECT_EQ(closecircuit(7, true), "CLOSECIRCUIT 7 IfUnused\r\n");
  EXPECT_EQ(del_onion("abc").value(), "DEL_ONION abc\r\n");
  EXPECT_EQ(dropguards(), "DROPGUARDS\r\n");
  EXPECT_EQ(droptimeouts(), "DROPTIMEOUTS\r\n");
  EXPECT_EQ(takeownership(), "TAKEOWNERSHIP\r\n");
  EXPECT_EQ(quit(), "QUIT\r\n");
  EXPECT_EQ(resolve("example.com").value(), "RESOLVE example.com\r\n");
  EXPECT_EQ(resolve("1.2.3.4", true).value(), "RESOLVE mode=reverse 1.2.3.4\r\n");
}

TEST(Commands, SetOptionsWithQuotedValues) {
  std::vector<ConfigEntry> const entries{
      {"EntryNodes", "a,b"}, {"Log", R"(notice file C:\x "y")"}, {"StrictNodes", std::nullopt}};
  EXPECT_EQ(setconf(entries).value(),
            "SETCONF EntryNodes=\"a,b\" Log=\"notice file C:\\\\x \\\"y\\\"\" StrictNodes\r\n");
  EXPECT_EQ(resetconf(std::vector<ConfigEntry>{{"__OwningControllerProcess", {}}}).value(),
            "RESETCONF __OwningControllerProcess\r\n");
}

TEST(Commands, ExtendCircuits) {
  EXPECT_EQ(extendcircuit(0, Words{"$A", "b", "c"}, "general").value(),
            "EXTENDCIRCUIT 0 $A,b,c purpose=general\r\n");
  EXPECT_EQ(extendcircuit(0, {}).value(), "EXTENDCIRCUIT 0\r\n");
  EXPECT_EQ(extendcircuit(3, Words{"d"}).value(), "EXTENDCIRCUIT 3 d\r\n");
}

TEST(Commands, AddOnionServices) {
  AddOnion service;
  service.flags = {"Detach", "DiscardPK"};
  service.ports = {{80, "127.0.0.1:8080"}, {22, ""}};
  service.max_streams = 5;
  EXPECT_EQ(add_onion(service).value(),
            "ADD_ONION NEW:ED25519-V3 Flags=Detach,DiscardPK MaxStreams=5 Port=80,127.0.0.1:8080 "
            "Port=22\r\n");
  service.ports.clear();
  EXPECT_FALSE(add_onion(service).has_value());
}

TEST(Commands, NeverCarryASecondCommand) {
  for (std::string const evil : {"x\r\nSIGNAL HALT", "x\nSIGNAL HALT", "x\rSIGNAL HALT"}) {
    EXPECT_FALSE(authenticate_password(evil).has_value());
    EXPECT_FALSE(setevents(Words{evil}).has_value());
    EXPECT_FALSE(getinfo(Words{"version", evil}).has_value());
    EXPECT_FALSE(getconf(Words{evil}).has_value());
    EXPECT_FALSE(setconf(std::vector<ConfigEntry>{{"Log", evil}}).has_value());
    EXPECT_FALSE(setconf(std::vector<ConfigEntry>{{evil, "1"}}).has_value());
    EXPECT_FALSE(resetconf(std::vector<ConfigEntry>{{evil, {}}}).has_value());
    EXPECT_FALSE(signal(evil).has_value());
    EXPECT_FALSE(extendcircuit(0, Words{evil}).has_value());
    EXPECT_FALSE(extendcircuit(0, Words{"a"}, evil).has_value());
    EXPECT_FALSE(del_onion(evil).has_value());
    EXPECT_FALSE(resolve(evil).has_value());
    AddOnion service;
    service.ports = {{80, evil}};
    EXPECT_FALSE(add_onion(service).has_value());
    service.ports = {{80, ""}};
    service.flags = {evil};
    EXPECT_FALSE(add_onion(service).has_value());
    service.flags = {};
    service.key = "ED25519-V3:" + evil;
    EXPECT_FALSE(add_onion(service).has_value());
  }
}

TEST(Commands, TakeOneWordWhereOneIsMeant) {
  EXPECT_FALSE(getinfo(Words{"version config-text"}).has_value());
  EXPECT_FALSE(getinfo(Words{}).has_value());
  EXPECT_FALSE(getconf(Words{}).has_value());
  EXPECT_FALSE(signal("").has_value());
  EXPECT_FALSE(setconf(std::vector<ConfigEntry>{{"A=b", "1"}}).has_value());
  EXPECT_FALSE(setconf({}).has_value());
  EXPECT_FALSE(extendcircuit(0, Words{"a,b"}).has_value());
  EXPECT_FALSE(resolve("mode=reverse").has_value());
}

TEST(Commands, DoNotShowSecretsInErrors) {
  EXPECT_THAT(authenticate_password("hunter2\n").error().message, Not(HasSubstr("hunter2")));
  AddOnion service;
  service.key = "ED25519-V3:secret key";
  service.ports = {{80, ""}};
  EXPECT_THAT(add_onion(service).error().message, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace perfd::wire::torctl::command
