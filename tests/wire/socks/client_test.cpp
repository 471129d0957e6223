#include "wire/socks/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "wire/support.h"

namespace perfd::wire::socks {
namespace {

using test::every_split;
using test::raw;
using Phase = ClientHandshake::Phase;

// Plays a proxy that has sent `from_proxy` in these pieces; keeps all that the client wrote.
struct Played {
  std::string written, left_over;
  std::vector<Phase> phases;
  std::optional<Error> error;
};

Played play(ClientHandshake& client, std::vector<std::string> const& from_proxy) {
  Played played;
  std::string buffered;
  auto const note = [&] {
    if (played.phases.empty() || played.phases.back() != client.phase())
      played.phases.push_back(client.phase());
  };
  auto const write_all = [&] {
    note();
    while (!client.output().empty()) {
      played.written += as_text(client.output());
      client.sent(client.output().size());
      note();
    }
  };
  write_all();
  for (auto const& piece : from_proxy) {
    buffered += piece;
    for (;;) {
      auto const used = client.receive(as_bytes(buffered));
      note();
      if (!used) {
        played.error = used.error();
        return played;
      }
      buffered.erase(0, *used);
      auto const before = played.written.size();
      write_all();
      if (*used == 0 && played.written.size() == before) break;
    }
  }
  played.left_over = buffered;
  return played;
}

ClientHandshake made(ClientRequest const& request) {
  auto client = ClientHandshake::create(request);
  EXPECT_TRUE(client.has_value());
  return *client;
}

ClientRequest example() {
  ClientRequest request;
  request.host = "example.com";
  request.port = 80;
  return request;
}

TEST(SocksClient, ConnectsByNameWithSocks5) {
  for (auto const& pieces : every_split(raw("05 00  05 00 00 01 00000000 0000"))) {
    auto client = made(example());
    auto const played = play(client, pieces);
    ASSERT_TRUE(client.done());
    EXPECT_EQ(played.written, raw("05 01 00  05 01 00 03 0B 'example.com' 0050"));
    EXPECT_EQ(played.left_over, "");
    EXPECT_EQ(client.reply()->code, ReplyCode::kSucceeded);
    EXPECT_FALSE(client.authenticated());
    EXPECT_THAT(played.phases,
                testing::ElementsAre(Phase::kSendMethods, Phase::kAwaitMethod, Phase::kSendRequest,
                                     Phase::kAwaitReply, Phase::kDone));
  }
}

TEST(SocksClient, GivesUserNameAndPassword) {
  auto request = example();
  request.user = "01HX";
  request.password = "x";
  for (auto const& pieces : every_split(raw("05 02  01 00  05 00 00 01 7F000001 0050"))) {
    auto client = made(request);
    auto const played = play(client, pieces);
    ASSERT_TRUE(client.done());
    EXPECT_EQ(played.written,
              raw("05 01 02  01 04 '01HX' 01 'x'  05 01 00 03 0B 'example.com' 0050"));
    EXPECT_TRUE(client.authenticated());
    EXPECT_EQ(client.reply()->address.host_text(), "127.0.0.1");
    EXPECT_EQ(client.reply()->address.port, 80);
    EXPECT_THAT(played.phases,
                testing::ElementsAre(Phase::kSendMethods, Phase::kAwaitMethod, Phase::kSendAuth,
                                     Phase::kAwaitAuth, Phase::kSendRequest, Phase::kAwaitReply,
                                     Phase::kDone));
  }
}

TEST(SocksClient, OffersNoAuthenticationBesideTheNameOnlyWhenTold) {
  auto request = example();
  request.user = "u";
  request.require_auth = false;
  auto client = made(request);
  auto const played = play(client, {raw("05 00")});
  EXPECT_TRUE(played.written.starts_with(raw("05 02 00 02  05 01 00 03")));
}

TEST(SocksClient, SendsAddressesAsAddresses) {
  auto request = example();
  request.host = "192.0.2.7";
  auto four = made(request);
  EXPECT_EQ(play(four, {raw("05 00")}).written, raw("05 01 00  05 01 00 01 C0000207 0050"));
  request.host = "[2001:db8::1]";
  auto six = made(request);
  EXPECT_EQ(play(six, {raw("05 00")}).written,
            raw("05 01 00  05 01 00 04 20010DB8000000000000000000000001 0050"));
}

TEST(SocksClient, ResolvesNamesAndAddresses) {
  auto request = example();
  request.command = Command::kResolve;
  request.port = 0;
  auto forward = made(request);
  auto played = play(forward, {raw("05 00  05 00 00 01 C0000201 0000")});
  EXPECT_EQ(played.written, raw("05 01 00  05 F0 00 03 0B 'example.com' 0000"));
  EXPECT_EQ(forward.reply()->address.host_text(), "192.0.2.1");

  auto six = made(request);
  play(six, {raw("05 00  05 00 00 04 20010DB8000000000000000000000001 0000")});
  EXPECT_EQ(six.reply()->address.host_text(), "2001:db8::1");

  request.command = Command::kResolvePtr;
  request.host = "192.0.2.1";
  for (auto const& pieces : every_split(raw("05 00  05 00 00 03 0B 'example.com' 0000"))) {
    auto back = made(request);
    played = play(back, pieces);
    EXPECT_EQ(played.written, raw("05 01 00  05 F1 00 01 C0000201 0000"));
    ASSERT_TRUE(back.done());
    EXPECT_EQ(back.reply()->address.host_text(), "example.com");
    EXPECT_EQ(back.reply()->address.ip(), nullptr);
  }
}

TEST(SocksClient, LeavesPayloadBehindTheReply) {
  for (auto const& pieces : every_split(raw("05 00  05 00 00 01 00000000 0000 'HTTP/1.1'"))) {
    auto client = made(example());
    auto const played = play(client, pieces);
    ASSERT_TRUE(client.done());
    EXPECT_EQ(played.left_over, "HTTP/1.1");
  }
}

TEST(SocksClient, TakesNothingThatCameBeforeItSpoke) {
  auto client = made(example());
  auto const early = raw("05 00");
  EXPECT_EQ(client.receive(as_bytes(early)).value(), 0U);
  EXPECT_EQ(client.phase(), Phase::kSendMethods);
}

TEST(SocksClient, WritesInParts) {
  auto client = made(example());
  std::string written;
  while (client.phase() == Phase::kSendMethods) {
    written += as_text(client.output().first(1));
    client.sent(1);
  }
  EXPECT_EQ(written, raw("05 01 00"));
  EXPECT_THROW(client.sent(1), std::logic_error);
}

TEST(SocksClient, SurvivesBeingMoved) {
  auto first = made(example());
  first.sent(3);
  auto second = std::move(first);
  auto const played = play(second, {raw("05 00  05 00 00 01 00000000 0000")});
  EXPECT_TRUE(second.done());
  EXPECT_EQ(played.written, raw("05 01 00 03 0B 'example.com' 0050"));
}

TEST(SocksClient, ConnectsWithSocks4) {
  auto request = example();
  request.version = Version::kSocks4;
  request.host = "192.0.2.7";
  request.user = "me";
  for (auto const& pieces : every_split(raw("00 5A 0050 C0000207 'rest'"))) {
    auto client = made(request);
    EXPECT_EQ(client.phase(), Phase::kSendRequest);
    auto const played = play(client, pieces);
    ASSERT_TRUE(client.done());
    EXPECT_EQ(played.written, raw("04 01 0050 C0000207 'me' 00"));
    EXPECT_EQ(played.left_over, "rest");
    EXPECT_EQ(client.reply()->code, ReplyCode::kGranted4);
    EXPECT_EQ(client.reply()->address.host_text(), "192.0.2.7");
  }
}

TEST(SocksClient, ConnectsByNameWithSocks4a) {
  auto request = example();
  request.version = Version::kSocks4a;
  auto by_name = made(request);
  EXPECT_EQ(play(by_name, {}).written, raw("04 01 0050 00000001 00 'example.com' 00"));
  request.host = "192.0.2.7";
  auto by_address = made(request);
  EXPECT_EQ(play(by_address, {}).written, raw("04 01 0050 C0000207 00"));
  request.host = "2001:db8::1";
  auto by_v6 = made(request);
  EXPECT_EQ(play(by_v6, {}).written, raw("04 01 0050 00000001 00 '2001:db8::1' 00"));
  request.command = Command::kResolve;
  request.host = "example.com";
  request.port = 0;
  auto resolve = made(request);
  EXPECT_EQ(play(resolve, {}).written, raw("04 F0 0000 00000001 00 'example.com' 00"));
}

TEST(SocksClient, TellsEveryRefusalByItsCode) {
  struct Case {
    char const* code;
    ReplyCode expected;
    char const* name;
  };
  for (auto const& each :
       {Case{"01", ReplyCode::kGeneralFailure, "general_failure"},
        Case{"02", ReplyCode::kNotAllowed, "not_allowed"},
        Case{"03", ReplyCode::kNetworkUnreachable, "network_unreachable"},
        Case{"04", ReplyCode::kHostUnreachable, "host_unreachable"},
        Case{"05", ReplyCode::kConnectionRefused, "connection_refused"},
        Case{"06", ReplyCode::kTtlExpired, "ttl_expired"},
        Case{"07", ReplyCode::kCommandNotSupported, "command_not_supported"},
        Case{"08", ReplyCode::kAddressTypeNotSupported, "address_type_not_supported"},
        Case{"F0", ReplyCode::kOnionDescriptorNotFound, "onion_descriptor_not_found"},
        Case{"F1", ReplyCode::kOnionDescriptorInvalid, "onion_descriptor_invalid"},
        Case{"F2", ReplyCode::kOnionIntroductionFailed, "onion_introduction_failed"},
        Case{"F3", ReplyCode::kOnionRendezvousFailed, "onion_rendezvous_failed"},
        Case{"F4", ReplyCode::kOnionMissingClientAuth, "onion_missing_client_auth"},
        Case{"F5", ReplyCode::kOnionWrongClientAuth, "onion_wrong_client_auth"},
        Case{"F6", ReplyCode::kOnionBadAddress, "onion_bad_address"},
        Case{"F7", ReplyCode::kOnionIntroductionTimedOut, "onion_introduction_timed_out"},
        Case{"F8", static_cast<ReplyCode>(0xF8), "unknown"},
        // Success in SOCKS 4 is none in SOCKS 5.
        Case{"5A", ReplyCode::kGranted4, "granted"}}) {
    for (auto const& pieces :
         every_split(raw(std::string("05 00  05 ") + each.code + " 00 01 00000000 0000"))) {
      auto client = made(example());
      auto const played = play(client, pieces);
      ASSERT_TRUE(played.error.has_value()) << each.code;
      EXPECT_EQ(played.error->code, Errc::kRejected);
      EXPECT_EQ(client.phase(), Phase::kFailed);
      ASSERT_TRUE(client.reply().has_value());
      EXPECT_EQ(client.reply()->code, each.expected);
      EXPECT_EQ(reply_name(client.reply()->code), each.name);
      EXPECT_THAT(played.error->message, testing::HasSubstr(std::string("0x") + each.code));
    }
  }
}

TEST(SocksClient, TellsRefusalsOfSocks4) {
  auto request = example();
  request.version = Version::kSocks4a;
  for (auto const* code : {"5B", "5C", "5D", "00"}) {
    auto client = made(request);
    auto const played = play(client, {raw(std::string("00 ") + code + " 0000 00000000")});
    ASSERT_TRUE(played.error.has_value());
    EXPECT_EQ(played.error->code, Errc::kRejected);
    EXPECT_EQ(static_cast<int>(client.reply()->code), std::stoi(code, nullptr, 16));
  }
}

// What tor answers to a name that no exit could resolve.
TEST(SocksClient, KnowsARefusalWithoutAnAddress) {
  auto const whole = raw("05 00  05 04 00 00 00000000 0000");
  for (auto const& pieces : every_split(whole)) {
    auto client = made(example());
    auto const played = play(client, pieces);
    ASSERT_TRUE(played.error.has_value());
    EXPECT_EQ(played.error->code, Errc::kRejected);
    ASSERT_TRUE(client.reply().has_value());
    EXPECT_EQ(client.reply()->code, ReplyCode::kHostUnreachable);
  }
}

TEST(SocksClient, KnowsARefusalFromAProxyThatClosesWithinTheReply) {
  auto client = made(example());
  play(client, {raw("05 00  05 F0")});
  auto const error = client.end_of_input();
  EXPECT_EQ(error.code, Errc::kRejected);
  EXPECT_EQ(client.reply()->code, ReplyCode::kOnionDescriptorNotFound);
}

TEST(SocksClient, TellsEveryTruncation) {
  auto const whole = raw("05 02  01 00  05 00 00 01 00000000 0000");
  auto request = example();
  request.user = "u";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    auto client = made(request);
    auto const played = play(client, {whole.substr(0, length)});
    EXPECT_FALSE(played.error.has_value());
    EXPECT_FALSE(client.done());
    EXPECT_EQ(client.end_of_input().code, Errc::kTruncated) << length;
    EXPECT_EQ(client.phase(), Phase::kFailed);
  }
}

TEST(SocksClient, TellsRefusedMethodsAndPasswords) {
  auto client = made(example());
  EXPECT_EQ(play(client, {raw("05 FF")}).error->code, Errc::kMethodRefused);
  auto request = example();
  request.user = "u";
  auto second = made(request);
  EXPECT_EQ(play(second, {raw("05 FF")}).error->code, Errc::kMethodRefused);
  auto third = made(request);
  EXPECT_EQ(play(third, {raw("05 02 01 01")}).error->code, Errc::kAuthRefused);
}

TEST(SocksClient, TellsViolationsAtTheFirstWrongByte) {
  struct Case {
    char const* sent;
    char const* why;
  };
  for (auto const& each :
       {Case{"'HTTP/1.1 400'", "another protocol"}, Case{"04", "version"},
        Case{"05 01", "method that was not offered"}, Case{"05 00 04", "version of the reply"},
        Case{"05 00  05 00 00 02", "address type"},
        // no isolation without the name
        Case{"05 02", "user name although none was offered"}}) {
    for (auto const& pieces : every_split(raw(each.sent))) {
      auto client = made(example());
      auto const played = play(client, pieces);
      ASSERT_TRUE(played.error.has_value()) << each.why;
      EXPECT_EQ(played.error->code, Errc::kProtocolViolation) << each.why;
      EXPECT_EQ(client.phase(), Phase::kFailed);
      EXPECT_TRUE(client.output().empty());
    }
  }
  auto request = example();
  request.user = "u";
  auto client = made(request);
  EXPECT_EQ(play(client, {raw("05 00")}).error->code, Errc::kProtocolViolation);
  auto second = made(request);
  EXPECT_EQ(play(second, {raw("05 02 05 00")}).error->code, Errc::kProtocolViolation);
  request = example();
  request.version = Version::kSocks4a;
  auto third = made(request);
  EXPECT_EQ(play(third, {raw("05")}).error->code, Errc::kProtocolViolation);
}

TEST(SocksClient, RefusesWhatTheProtocolCannotSay) {
  auto const refused = [](auto change) {
    auto request = example();
    change(request);
    auto const client = ClientHandshake::create(request);
    return !client && client.error().code == Errc::kBadRequest;
  };
  EXPECT_TRUE(refused([](auto& r) { r.host = ""; }));
  EXPECT_TRUE(refused([](auto& r) { r.host = std::string(256, 'a'); }));
  EXPECT_FALSE(refused([](auto& r) { r.host = std::string(255, 'a'); }));
  EXPECT_TRUE(refused([](auto& r) { r.host = std::string("a\0b", 3); }));
  EXPECT_TRUE(refused([](auto& r) { r.host = "a b"; }));
  EXPECT_TRUE(refused([](auto& r) {
    r.host =
        "b\xC3\xBC"
        "cher.example";
  }));
  EXPECT_TRUE(refused([](auto& r) { r.user = std::string(256, 'u'); }));
  EXPECT_FALSE(refused([](auto& r) { r.user = std::string(255, 'u'); }));
  EXPECT_TRUE(refused([](auto& r) { r.user = "u", r.password = std::string(256, 'p'); }));
  EXPECT_TRUE(refused([](auto& r) { r.password = "p"; }));
  EXPECT_TRUE(refused([](auto& r) { r.command = Command::kResolvePtr; }));
  EXPECT_TRUE(refused([](auto& r) { r.version = Version::kSocks4; }));
  EXPECT_TRUE(refused([](auto& r) { r.version = Version::kSocks4, r.host = "::1"; }));
  EXPECT_TRUE(refused([](auto& r) { r.version = Version::kSocks4a, r.host = "0.0.0.9"; }));
  EXPECT_FALSE(refused([](auto& r) { r.version = Version::kSocks4a, r.host = "0.0.0.0"; }));
  EXPECT_TRUE(
      refused([](auto& r) { r.version = Version::kSocks4a, r.user = "u", r.password = "p"; }));
  EXPECT_TRUE(
      refused([](auto& r) { r.version = Version::kSocks4a, r.user = std::string("a\0b", 3); }));
  EXPECT_TRUE(refused([](auto& r) {
    r.version = Version::kSocks4a, r.command = Command::kResolvePtr, r.host = "192.0.2.1";
  }));
}

TEST(SocksClient, EndsAlikeHoweverTheBytesAreCut) {
  EXPECT_TRUE(rc::check([](bool with_user, std::vector<std::uint8_t> const& noise,
                           std::vector<std::uint8_t> const& cuts) {
    std::string input = with_user ? raw("05 02 01 00 05") : raw("05 00 05");
    input.append(noise.begin(), noise.end());
    auto request = example();
    if (with_user) request.user = "u";
    auto whole = made(request);
    auto const expected = play(whole, {input});
    std::vector<std::string> pieces;
    std::size_t at = 0;
    for (auto const cut : cuts) {
      auto const length = std::min<std::size_t>(cut % 7, input.size() - at);
      pieces.push_back(input.substr(at, length));
      at += length;
    }
    pieces.push_back(input.substr(at));
    auto cut = made(request);
    auto const played = play(cut, pieces);
    RC_ASSERT(played.written == expected.written);
    RC_ASSERT(cut.phase() == whole.phase());
    RC_ASSERT(played.error.has_value() == expected.error.has_value());
    if (played.error) RC_ASSERT(played.error->message == expected.error->message);
    if (!played.error) RC_ASSERT(played.left_over == expected.left_over);
  }));
}

}  // namespace
}  // namespace perfd::wire::socks
