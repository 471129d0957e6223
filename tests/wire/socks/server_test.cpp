#include "wire/socks/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "wire/socks/client.h"
#include "wire/support.h"

namespace perfd::wire::socks {
namespace {

using test::every_split;
using test::raw;

struct Served {
  std::size_t used = 0;
  std::optional<Error> error;
};

Served serve(ServerHandshake& server, std::vector<std::string> const& pieces) {
  Served served;
  for (auto const& piece : pieces) {
    auto const used = server.receive(as_bytes(piece));
    if (!used) {
      served.error = used.error();
      return served;
    }
    served.used += *used;
    if (server.request()) break;
  }
  return served;
}

std::string taken_output(ServerHandshake& server) {
  std::string out(as_text(server.output()));
  server.sent(out.size());
  return out;
}

TEST(SocksServer, TakesSocks5WithoutAuthentication) {
  for (auto const& pieces : every_split(raw("05 01 00  05 01 00 03 0B 'example.com' 0050"))) {
    ServerHandshake server;
    auto const served = serve(server, pieces);
    ASSERT_FALSE(served.error.has_value());
    ASSERT_TRUE(server.request().has_value());
    EXPECT_EQ(served.used, 3U + 18U);
    EXPECT_EQ(server.request()->version, Version::kSocks5);
    EXPECT_EQ(server.request()->command, Command::kConnect);
    EXPECT_EQ(server.request()->address.host_text(), "example.com");
    EXPECT_EQ(server.request()->address.port, 80);
    EXPECT_EQ(server.request()->user, "");
    EXPECT_EQ(taken_output(server), raw("05 00"));
    server.reply(ReplyCode::kSucceeded);
    EXPECT_EQ(taken_output(server), raw("05 00 00 01 00000000 0000"));
    EXPECT_THROW(server.reply(ReplyCode::kSucceeded), std::logic_error);
  }
}

TEST(SocksServer, CollectsUserNameAndPassword) {
  for (auto const& pieces :
       every_split(raw("05 02 00 02  01 04 '01HX' 01 'x'  05 F0 00 01 C0000201 0000"))) {
    ServerHandshake server;
    ASSERT_FALSE(serve(server, pieces).error.has_value());
    EXPECT_EQ(server.request()->user, "01HX");
    EXPECT_EQ(server.request()->password, "x");
    EXPECT_EQ(server.request()->command, Command::kResolve);
    EXPECT_EQ(server.request()->address.host_text(), "192.0.2.1");
    EXPECT_EQ(taken_output(server), raw("05 02  01 00"));
  }
}

TEST(SocksServer, TakesEmptyNamesAndPasswordsAsTorDoes) {
  ServerHandshake server;
  ASSERT_FALSE(
      serve(server, {raw("05 01 02  01 00 00  05 01 00 01 7F000001 0050")}).error.has_value());
  EXPECT_EQ(server.request()->user, "");
}

TEST(SocksServer, TakesSocks4And4a) {
  for (auto const& pieces : every_split(raw("04 01 0050 C0000207 'me' 00 'GET /'"))) {
    ServerHandshake server;
    auto const served = serve(server, pieces);
    ASSERT_FALSE(served.error.has_value());
    EXPECT_EQ(server.request()->version, Version::kSocks4);
    EXPECT_EQ(server.request()->address.host_text(), "192.0.2.7");
    EXPECT_EQ(server.request()->user, "me");
    EXPECT_EQ(served.used, 11U) << "early data is not the handshake's";
    EXPECT_EQ(taken_output(server), "");
    server.reply(ReplyCode::kHostUnreachable);
    EXPECT_EQ(taken_output(server), raw("00 5B 0000 00000000"));
  }
  for (auto const& pieces : every_split(raw("04 01 0050 00000001 00 'example.com' 00 'GET /'"))) {
    ServerHandshake server;
    auto const served = serve(server, pieces);
    ASSERT_FALSE(served.error.has_value());
    EXPECT_EQ(server.request()->version, Version::kSocks4a);
    EXPECT_EQ(server.request()->address.host_text(), "example.com");
    EXPECT_EQ(served.used, 21U);
    server.reply(ReplyCode::kSucceeded, {IpAddress::v4_from({192, 0, 2, 1}), 8080});
    EXPECT_EQ(taken_output(server), raw("00 5A 1F90 C0000201"));
  }
}

TEST(SocksServer, LeavesEarlyDataBehindTheRequest) {
  auto const input = raw("05 01 00  05 01 00 01 7F000001 0050 'GET / HTTP/1.1'");
  for (auto const& pieces : every_split(input)) {
    ServerHandshake server;
    EXPECT_EQ(serve(server, pieces).used, 13U);
    EXPECT_EQ(server.receive(as_bytes("more")).value(), 0U);
  }
}

TEST(SocksServer, AnswersWithAddressesAndNames) {
  auto const asked = [] {
    ServerHandshake server;
    serve(server, {raw("05 01 00  05 F1 00 01 7F000001 0000")});
    taken_output(server);
    return server;
  };
  auto six = asked();
  six.reply(ReplyCode::kSucceeded, {*parse_ip("2001:db8::1"), 443});
  EXPECT_EQ(taken_output(six), raw("05 00 00 04 20010DB8000000000000000000000001 01BB"));
  auto name = asked();
  name.reply(ReplyCode::kSucceeded, {std::string("example.com"), 0});
  EXPECT_EQ(taken_output(name), raw("05 00 00 03 0B 'example.com' 0000"));
  auto onion = asked();
  onion.reply(ReplyCode::kOnionBadAddress);
  EXPECT_EQ(taken_output(onion), raw("05 F6 00 01 00000000 0000"));
}

TEST(SocksServer, JudgesNamesAndPasswords) {
  ServerOptions options;
  options.auth = ServerOptions::Auth::kRequired;
  options.accept = [](std::string_view user, std::string_view password) {
    return user == "u" && password == "p";
  };
  ServerHandshake anonymous(options);
  EXPECT_EQ(serve(anonymous, {raw("05 01 00")}).error->code, Errc::kMethodRefused);
  EXPECT_EQ(taken_output(anonymous), raw("05 FF"));
  ServerHandshake wrong(options);
  EXPECT_EQ(serve(wrong, {raw("05 01 02  01 01 'u' 01 'q'")}).error->code, Errc::kAuthRefused);
  EXPECT_EQ(taken_output(wrong), raw("05 02  01 01"));
  ServerHandshake right(options);
  EXPECT_FALSE(serve(right, {raw("05 01 02  01 01 'u' 01 'p'")}).error.has_value());
  EXPECT_EQ(taken_output(right), raw("05 02  01 00"));
  ServerHandshake four(options);
  EXPECT_EQ(serve(four, {raw("04 01 0050 C0000207 00")}).error->code, Errc::kRejected);
  options.auth = ServerOptions::Auth::kNone;
  ServerHandshake none(options);
  EXPECT_EQ(serve(none, {raw("05 01 02")}).error->code, Errc::kMethodRefused);
}

TEST(SocksServer, RefusesWhatItCannotDoAndSaysSo) {
  struct Case {
    std::string sent;
    Errc expected;
    char const* answer;
  };
  auto const long_text = std::string(256, 'a');
  for (auto const& each :
       {Case{raw("'GET / HTTP/1.1'"), Errc::kProtocolViolation, ""},
        Case{raw("05 00"), Errc::kMethodRefused, "05FF"},
        Case{raw("05 01 00 05 02"), Errc::kUnsupportedCommand, "0500 05070001000000000000"},
        Case{raw("05 01 00 05 01 00 02"), Errc::kUnsupportedAddress, "0500 05080001000000000000"},
        Case{raw("05 01 00 04"), Errc::kProtocolViolation, "0500 05010001000000000000"},
        Case{raw("05 01 00 05 01 00 03 00 0050"), Errc::kProtocolViolation,
             "0500 05010001000000000000"},
        Case{raw("05 01 00 05 01 00 03 02 'a' 0A 0050"), Errc::kProtocolViolation,
             "0500 05010001000000000000"},
        Case{raw("05 01 02 02"), Errc::kProtocolViolation, "0502 0101"},
        Case{raw("04 02"), Errc::kUnsupportedCommand, "005B000000000000"},
        Case{raw("04 F1"), Errc::kUnsupportedCommand, "005B000000000000"},
        Case{raw("04 01 0050 7F000001") + long_text, Errc::kProtocolViolation, "005B000000000000"},
        Case{raw("04 01 0050 00000001 00") + long_text, Errc::kProtocolViolation,
             "005B000000000000"},
        Case{raw("04 01 0050 00000001 00 00"), Errc::kProtocolViolation, "005B000000000000"}}) {
    for (auto const& pieces : every_split(each.sent)) {
      ServerHandshake server;
      auto const served = serve(server, pieces);
      ASSERT_TRUE(served.error.has_value()) << test::shown(as_bytes(each.sent));
      EXPECT_EQ(served.error->code, each.expected) << served.error->message;
      EXPECT_EQ(taken_output(server), raw(each.answer));
      EXPECT_EQ(server.receive(as_bytes("x")).value(), 0U);
    }
  }
}

TEST(SocksServer, KeepsWaitingOnEveryTruncation) {
  for (auto const& whole : {raw("05 02 00 02  01 01 'u' 00  05 01 00 03 03 'a.b' 0050"),
                            raw("04 01 0050 00000001 00 'example.com' 00")}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      ServerHandshake server;
      auto const served = serve(server, {whole.substr(0, length)});
      EXPECT_FALSE(served.error.has_value());
      EXPECT_FALSE(server.request().has_value()) << length;
      EXPECT_EQ(server.end_of_input().code, Errc::kTruncated);
    }
  }
}

// Both sides against each other: what the client asks is what the server hears, and the reverse.
TEST(SocksServer, UnderstandsEveryRequestOfTheClient) {
  EXPECT_TRUE(rc::check([] {
    ClientRequest request;
    request.version = *rc::gen::element(Version::kSocks4, Version::kSocks4a, Version::kSocks5);
    request.command = *rc::gen::element(Command::kConnect, Command::kResolve);
    request.port = *rc::gen::arbitrary<std::uint16_t>();
    auto const text = rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::inRange('a', 'z'), rc::gen::inRange('0', '9')));
    request.host = request.version == Version::kSocks4
                       ? "192.0.2.1"
                       : *rc::gen::element<std::string>("192.0.2.1", "2001:db8::1", "example.com",
                                                        std::string(255, 'x'));
    request.user = (*text).substr(0, 255);
    if (request.version == Version::kSocks5 && !request.user.empty())
      request.password = (*text).substr(0, 255);
    auto client = ClientHandshake::create(request).value();
    ServerHandshake server;
    auto const step = *rc::gen::inRange<std::size_t>(1, 40);
    for (int round = 0; round < 2000 && !client.done(); ++round) {
      auto const out = client.output();
      auto const part = std::min(out.size(), step);
      auto const used = server.receive(out.first(part));
      RC_ASSERT(used.has_value());
      RC_ASSERT(*used == part);
      client.sent(part);
      if (server.request() && client.phase() == ClientHandshake::Phase::kAwaitReply)
        server.reply(ReplyCode::kSucceeded, {IpAddress::v4_from({10, 0, 0, 1}), 99});
      auto const got = client.receive(server.output());
      RC_ASSERT(got.has_value());
      server.sent(*got);
    }
    RC_ASSERT(client.done());
    RC_ASSERT(client.reply()->address.host_text() == "10.0.0.1");
    RC_ASSERT(client.reply()->address.port == 99);
    auto const& heard = *server.request();
    RC_ASSERT(heard.command == request.command);
    RC_ASSERT(heard.address.host_text() == request.host);
    RC_ASSERT(heard.address.port == request.port);
    RC_ASSERT(heard.user == request.user);
    RC_ASSERT(heard.password == request.password);
  }));
}

TEST(IpText, IsReadAndWritten) {
  EXPECT_EQ(format_ip(*parse_ip("192.0.2.1")), "192.0.2.1");
  EXPECT_EQ(format_ip(*parse_ip("[2001:DB8:0::1]")), "2001:db8::1");
  EXPECT_EQ(format_ip(*parse_ip("::ffff:192.0.2.1")), "::ffff:192.0.2.1");
  for (auto const* wrong : {"", "192.0.2", "1.2.3.4.5", "256.0.0.1", "[192.0.2.1]", "fe80::1%lo",
                            "[::1", "::1]", "example.com", " 192.0.2.1"})
    EXPECT_FALSE(parse_ip(wrong).has_value()) << wrong;
  EXPECT_FALSE(parse_ip(std::string_view("1.2.3.4\0x", 9)).has_value());
}

}  // namespace
}  // namespace perfd::wire::socks
