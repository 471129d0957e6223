#include "experiments/outcome_map.h"

#include <gtest/gtest.h>

#include "runtime/deadline.h"
#include "wire/http/error.h"
#include "wire/socks/error.h"

namespace perfd::experiments {
namespace {

using model::FailureCode;
using net::Errc;
using State = StreamJoin::State;

model::Outcome outcome(Error error, std::optional<State> tor = State::up,
                       std::optional<int> socks_reply = {}) {
  net::TransferTrace trace;
  trace.step = net::Step::http_response;
  trace.socks_reply = socks_reply;
  return outcome_of(Ending::finished, std::move(error), trace, tor, "tor's word");
}

struct Row {
  Errc error;
  FailureCode code;
  FailureCode with_tor_down;
};
constexpr Row kRows[] = {
    {Errc::kBadSpec, FailureCode::perfd_internal, FailureCode::perfd_internal},
    {Errc::kProxyRefused, FailureCode::socks_refused, FailureCode::tor_down},
    {Errc::kRefused, FailureCode::net_refused, FailureCode::tor_down},
    {Errc::kUnreachable, FailureCode::net_unreachable, FailureCode::net_unreachable},
    {Errc::kReset, FailureCode::net_reset, FailureCode::tor_down},
    {Errc::kClosed, FailureCode::net_closed, FailureCode::tor_down},
    {Errc::kIo, FailureCode::net_io, FailureCode::tor_down},
    {Errc::kSocksProtocol, FailureCode::socks_protocol, FailureCode::socks_protocol},
    {Errc::kSocksAuth, FailureCode::socks_auth, FailureCode::socks_auth},
    {Errc::kSocksRejected, FailureCode::socks_other, FailureCode::socks_other},
    {Errc::kHttpMalformed, FailureCode::http_malformed, FailureCode::http_malformed},
    {Errc::kHttpStatus, FailureCode::http_status, FailureCode::http_status},
    {Errc::kWrongLength, FailureCode::http_wrong_length, FailureCode::http_wrong_length},
    {Errc::kTruncated, FailureCode::http_truncated, FailureCode::tor_down},
    {Errc::kCorrupted, FailureCode::http_corrupted, FailureCode::http_corrupted},
    {Errc::kTooLarge, FailureCode::http_wrong_length, FailureCode::http_wrong_length},
};

TEST(OutcomeMap, EveryErrorOfATransferHasItsCode) {
  for (auto const& [error, code, with_tor_down] : kRows) {
    auto const failed = net::make_error(error, "raw text");
    for (auto const tor : {std::optional<State>{}, std::optional{State::up}}) {
      auto const result = outcome(failed, tor);
      EXPECT_EQ(model::name(result.code), model::name(code));
      EXPECT_EQ(result.operation, "http response");
      EXPECT_EQ(result.detail, "raw text");
    }
    auto const down = outcome(failed, State::down);
    EXPECT_EQ(model::name(down.code), model::name(with_tor_down));
    EXPECT_EQ(down.detail,
              with_tor_down == FailureCode::tor_down ? "tor's word; raw text" : "raw text");
    // Whatever became of an answer, it was not tor's lack of circuits.
    EXPECT_EQ(outcome(failed, State::not_bootstrapped).code, code);
  }
}

TEST(OutcomeMap, TheTableIsWhole) {
  // The last of the list; the next number has no message of its own.
  EXPECT_EQ(std::size(kRows), static_cast<std::size_t>(Errc::kTooLarge));
  EXPECT_EQ(net::category().message(static_cast<int>(std::size(kRows)) + 1), "unknown error");
}

TEST(OutcomeMap, ADeadlineBelongsToTheNetUnlessTorWasToBlame) {
  net::TransferTrace trace;
  trace.step = net::Step::payload;
  trace.payload_bytes = 7;
  auto const of = [&](std::optional<State> tor) {
    return outcome_of(Ending::deadline, std::nullopt, trace, tor, "tor's word");
  };
  EXPECT_EQ(of(std::nullopt).code, FailureCode::net_timeout);
  EXPECT_EQ(of(State::up).code, FailureCode::net_timeout);
  EXPECT_EQ(of(State::up).operation, "payload");
  EXPECT_EQ(of(State::up).detail, "the deadline passed after 7 bytes of payload");
  EXPECT_EQ(of(State::down).code, FailureCode::tor_down);
  EXPECT_EQ(of(State::not_bootstrapped).code, FailureCode::tor_not_bootstrapped);
  EXPECT_EQ(outcome(runtime::deadline_passed("x")).code, FailureCode::net_timeout);
}

TEST(OutcomeMap, AStopIsPerfdsOwnWhateverTorDoes) {
  for (auto const tor : {State::up, State::down, State::not_bootstrapped}) {
    auto const result = outcome_of(Ending::stopped, std::nullopt, {}, tor, "tor's word");
    EXPECT_EQ(result.code, FailureCode::perfd_cancelled);
    EXPECT_EQ(result.detail, "perfd was told to stop");
  }
}

TEST(OutcomeMap, SuccessSaysNothing) {
  for (auto const tor : {State::up, State::down})
    EXPECT_EQ(outcome_of(Ending::finished, std::nullopt, {}, tor, "tor's word"), model::Outcome{});
}

TEST(OutcomeMap, AnErrorThatNobodyForesawIsPerfdsOwn) {
  EXPECT_EQ(outcome({"strange"}).code, FailureCode::perfd_internal);
  EXPECT_EQ(outcome({"strange", make_error_code(boost::system::errc::no_such_device)}).code,
            FailureCode::perfd_internal);
}

TEST(OutcomeMap, EveryReplyOfAProxyHasItsCode) {
  using Code = FailureCode;
  for (auto const& [reply, code] : std::initializer_list<std::pair<int, Code>>{
           {0x01, Code::socks_general_failure},
           {0x02, Code::socks_not_allowed},
           {0x03, Code::socks_network_unreachable},
           {0x04, Code::socks_host_unreachable},
           {0x05, Code::socks_connection_refused},
           {0x06, Code::socks_ttl_expired},
           {0x07, Code::socks_command_unsupported},
           {0x08, Code::socks_address_unsupported},
           {0xF0, Code::socks_onion_not_found},
           {0xF1, Code::socks_onion_invalid},
           {0xF2, Code::socks_onion_intro_failed},
           {0xF3, Code::socks_onion_rend_failed},
           {0xF4, Code::socks_onion_auth_missing},
           {0xF5, Code::socks_onion_auth_bad},
           {0xF6, Code::socks_onion_bad_address},
           {0xF7, Code::socks_onion_intro_timeout},
           {0x5B, Code::socks_rejected},
           {0x5C, Code::socks_rejected},
           {0x5D, Code::socks_rejected},
           {0x09, Code::socks_other},
           {0x5E, Code::socks_other},
           {0xEF, Code::socks_other},
           {0xF8, Code::socks_other},
           {0xFF, Code::socks_other},
       }) {
    auto const error = net::make_error(Errc::kSocksRejected, "rejected");
    EXPECT_EQ(model::name(outcome(error, State::up, reply).code), model::name(code)) << reply;
  }
}

TEST(OutcomeMap, DetailsArePrintableAndBounded) {
  auto const result =
      outcome(net::make_error(Errc::kReset, "a\r\n\x1b[31m" + std::string(5000, 'x')));
  std::string_view text = result.detail;
  ASSERT_TRUE(text.ends_with("…"));  // it was cut
  text.remove_suffix(std::string_view("…").size());
  for (char const c : text) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << int(c);
  EXPECT_LE(text.size(), 300U);
}

TEST(NetErrors, CausesOfOtherRoomsAreTranslatedOnce) {
  namespace socks = wire::socks;
  namespace http = wire::http;
  auto const system = [](int value) {
    return net::as_net_error({"raw", {value, boost::system::system_category()}}).code;
  };
  EXPECT_EQ(system(ECONNREFUSED), Errc::kRefused);
  EXPECT_EQ(system(ECONNRESET), Errc::kReset);
  EXPECT_EQ(system(EPIPE), Errc::kReset);
  EXPECT_EQ(system(ENETUNREACH), Errc::kUnreachable);
  EXPECT_EQ(system(EHOSTUNREACH), Errc::kUnreachable);
  EXPECT_EQ(system(EADDRNOTAVAIL), Errc::kUnreachable);
  EXPECT_EQ(system(ENOBUFS), Errc::kIo);
  auto const of = [](auto code) { return net::as_net_error(make_error(code, "raw")).code; };
  EXPECT_EQ(of(socks::Errc::kBadRequest), Errc::kBadSpec);
  EXPECT_EQ(of(socks::Errc::kMethodRefused), Errc::kSocksAuth);
  EXPECT_EQ(of(socks::Errc::kAuthRefused), Errc::kSocksAuth);
  EXPECT_EQ(of(socks::Errc::kRejected), Errc::kSocksRejected);
  EXPECT_EQ(of(socks::Errc::kTruncated), Errc::kClosed);
  EXPECT_EQ(of(socks::Errc::kProtocolViolation), Errc::kSocksProtocol);
  EXPECT_EQ(of(http::Errc::kTruncated), Errc::kClosed);
  EXPECT_EQ(of(Errc::kCorrupted), Errc::kCorrupted);
  auto const timeout = net::as_net_error(runtime::deadline_passed("x"));
  EXPECT_TRUE(runtime::is_timeout(timeout));
}

}  // namespace
}  // namespace perfd::experiments
