// Every way in which a download ends before its time is a record with a code of its own, and
// keeps the marks that were reached.
#include "experiments/support/virtual_download.h"

namespace perfd::experiments {
namespace {

namespace mark = model::mark;
using model::FailureCode;
using net::test::Fault;
using net::test::ProxyFaults;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::a_download;
using test::names_of;

class DownloadEndings : public test::VirtualDownload {
 protected:
  // With a short wait for the server's marks, which a faulty server never gives.
  static MeasurementSpec impatient() {
    auto spec = a_download();
    spec.server_wait = Micros{0};
    return spec;
  }
  void stop_at(Nanos span) { tasks_.spawn("stop", set_after(stop_, span)); }
  static runtime::Task<> set_after(runtime::Event& event, Nanos span) {
    co_await runtime::sleep_for(span);
    event.set();
  }
  void TearDown() override { time_.run(loop_, tasks_.stop()); }

  runtime::TaskGroup tasks_{loop_};
};

TEST_F(DownloadEndings, ATimeOutInEveryStep) {
  struct Case {
    ProxyFaults faults;
    Fault fault;
    std::string_view operation, last_mark;
  };
  for (auto const& [faults, fault, operation, last_mark] : std::initializer_list<Case>{
           {{.stall_method = true}, Fault::none, "socks negotiate", mark::kConnect},
           {{.stall_reply = true}, Fault::none, "socks request", mark::kRequest},
           {{}, Fault::stall_head, "http response", mark::kDataRequest},
           {{}, Fault::stall_payload, "payload", "DATAPERC50"},
       }) {
    net::test::FaultServer server(loop_, fault, place_.address("server"));
    auto const record = run_at(server.address(), impatient(), faults);
    expect_failure(record, FailureCode::net_timeout, operation);
    EXPECT_EQ(record.marks.entries().back().name, last_mark);
    EXPECT_EQ(took_, seconds{295});
  }
}

TEST_F(DownloadEndings, ATimeOutTellsHowFarItCame) {
  auto const record = run_against(Fault::stall_payload, impatient());
  EXPECT_EQ(record.outcome.detail, "the deadline passed after 25600 bytes of payload");
  EXPECT_EQ(record.payload_bytes, 25600);
  EXPECT_GT(record.readbytes, 25600);
  EXPECT_EQ(record.http_status, 200);
}

TEST_F(DownloadEndings, EveryFaultOfTheServer) {
  struct Case {
    Fault fault;
    FailureCode code;
    std::string_view operation;
  };
  for (auto const& [fault, code, operation] : std::initializer_list<Case>{
           {Fault::refuse_head, FailureCode::net_closed, "http response"},
           {Fault::cut_head, FailureCode::net_closed, "http response"},
           {Fault::garbage, FailureCode::http_malformed, "http response"},
           {Fault::huge_head, FailureCode::http_malformed, "http response"},
           {Fault::status_500, FailureCode::http_status, "http response"},
           {Fault::wrong_length, FailureCode::http_wrong_length, "http response"},
           {Fault::no_tag, FailureCode::http_corrupted, "http response"},
           {Fault::truncate, FailureCode::http_truncated, "payload"},
           {Fault::corrupt, FailureCode::http_corrupted, "payload"},
       }) {
    auto const record = run_against(fault, impatient());
    expect_failure(record, code, operation);
    EXPECT_NE(record.marks.find(mark::kDataRequest), nullptr);
  }
  EXPECT_EQ(run_against(Fault::status_500, impatient()).http_status, 500);
  auto const corrupt = run_against(Fault::corrupt, impatient());
  EXPECT_EQ(corrupt.payload_bytes, 25600);
  EXPECT_EQ(corrupt.marks.entries().back().name, "DATAPERC50");
}

TEST_F(DownloadEndings, EveryFaultOfTheProxy) {
  struct Case {
    ProxyFaults faults;
    FailureCode code;
    std::string_view operation;
  };
  for (auto const& [faults, code, operation] : std::initializer_list<Case>{
           {{.garbage = true}, FailureCode::socks_protocol, "socks negotiate"},
           {{.refuse_password = true}, FailureCode::socks_auth, "socks negotiate"},
           {{.close_method = true}, FailureCode::net_closed, "socks negotiate"},
           {{.cut_reply = true}, FailureCode::net_closed, "socks request"},
       })
    expect_failure(run(impatient(), faults), code, operation);
}

TEST_F(DownloadEndings, EveryRefusalOfTheProxyHasItsCode) {
  for (auto const& [reply, code] : std::initializer_list<std::pair<int, FailureCode>>{
           {0x01, FailureCode::socks_general_failure},
           {0x04, FailureCode::socks_host_unreachable},
           {0x05, FailureCode::socks_connection_refused},
           {0x06, FailureCode::socks_ttl_expired},
           {0xF0, FailureCode::socks_onion_not_found},
           {0xF2, FailureCode::socks_onion_intro_failed},
           {0xF7, FailureCode::socks_onion_intro_timeout},
           {0x7F, FailureCode::socks_other},
       }) {
    auto const record = run(impatient(), {.refuse = reply});
    expect_failure(record, code, "socks request");
    EXPECT_EQ(record.socks_reply, reply);
    EXPECT_EQ(names_of(record.marks),
              (std::vector<std::string>{"START", "SOCKET", "CONNECT", "NEGOTIATE", "REQUEST",
                                        "RESPONSE"}));
    // tor knows why.
    EXPECT_FALSE(tor_.keys.empty());
  }
  auto spec = impatient();
  // Its request was on its way to a server that it was never connected to.
  auto with_early_data = a_download();
  with_early_data.optimistic = true;
  auto const early = run(with_early_data, {.refuse = 0x05});
  expect_failure(early, FailureCode::socks_connection_refused, "socks request");
  EXPECT_NE(early.marks.find("DATAREQUEST"), nullptr);
  EXPECT_EQ(took_, Nanos{0});
  spec.socks_version = wire::socks::Version::kSocks4a;
  expect_failure(run(spec, {.refuse = 0x01}), FailureCode::socks_rejected, "socks request");
}

TEST_F(DownloadEndings, NoProxyIsThere) {
  auto spec = impatient();
  spec.proxy = place_.address("nobody");
  auto const record = time_.run(loop_, measure_once(ports(), spec));
  expect_failure(record, FailureCode::socks_refused, "connect");
  EXPECT_EQ(names_of(record.marks), (std::vector<std::string>{"START", "SOCKET"}));
  EXPECT_TRUE(tor_.keys.empty());
}

TEST_F(DownloadEndings, ATorThatIsNotUpIsAskedForNothing) {
  for (auto const& [state, code] :
       {std::pair{StreamJoin::State::down, FailureCode::tor_down},
        std::pair{StreamJoin::State::not_bootstrapped, FailureCode::tor_not_bootstrapped}}) {
    tor_.now = state;
    tor_.detail = "bootstrapped 45 %";
    auto const record = run(a_download());
    expect_failure(record, code, "start");
    EXPECT_EQ(record.outcome.detail, "bootstrapped 45 %");
    EXPECT_EQ(names_of(record.marks), (std::vector<std::string>{"START"}));
    EXPECT_EQ(record.writebytes, 0);
    EXPECT_EQ(took_, Nanos{0});
  }
}

TEST_F(DownloadEndings, ATorThatEndsUnderIt) {
  // Its connections close before anybody can tell that it ended.
  tasks_.spawn("tor", tor_.end_after(milliseconds{100}, "tor ended: exit code 1"));
  auto const record = run(impatient(), {.close_method = true});
  expect_failure(record, FailureCode::tor_down, "socks negotiate");
  EXPECT_TRUE(record.outcome.detail.starts_with("tor ended: exit code 1; "));
  EXPECT_LE(took_, milliseconds{120});
}

TEST_F(DownloadEndings, AConnectionThatClosesIsNotLaidOnATorThatLives) {
  expect_failure(run(impatient(), {.close_method = true}), FailureCode::net_closed,
                 "socks negotiate");
  EXPECT_GE(took_, milliseconds{500});
  EXPECT_LE(took_, milliseconds{520});
}

TEST_F(DownloadEndings, ATimeOutOfATorThatLostItsNetworkSaysSo) {
  struct Lose {
    static runtime::Task<> it(test::FakeTor& tor) {
      co_await runtime::sleep_for(seconds{30});
      tor.now = StreamJoin::State::not_bootstrapped;
      tor.detail = "bootstrapped 10 %";
    }
  };
  tasks_.spawn("lose", Lose::it(tor_));
  auto const record = run(impatient(), {.stall_reply = true});
  expect_failure(record, FailureCode::tor_not_bootstrapped, "socks request");
  EXPECT_EQ(took_, seconds{295});
}

TEST_F(DownloadEndings, AStopEndsItAtOnceAndKeepsWhatWasReached) {
  stop_at(seconds{10});
  tor_.answers_after = seconds{60};
  auto const record = run_against(Fault::stall_payload, a_download());
  expect_failure(record, FailureCode::perfd_cancelled, "payload");
  EXPECT_EQ(record.payload_bytes, 25600);
  EXPECT_NE(record.marks.find("DATAPERC50"), nullptr);
  EXPECT_EQ(took_, seconds{10});
  EXPECT_EQ(tor_.keys.size(), 1U);
}

TEST_F(DownloadEndings, AStopThatCameBeforeIsNoLessAStop) {
  stop_.set();
  auto const record = run_against(Fault::stall_head, a_download());
  EXPECT_EQ(record.outcome.code, FailureCode::perfd_cancelled);
  EXPECT_EQ(took_, Nanos{0});
}

runtime::Task<> keep(MeasurementPorts ports, MeasurementSpec spec,
                     std::optional<model::Measurement>& out, bool& went_on) {
  out = co_await measure_once(ports, std::move(spec));
  went_on = true;
  co_await runtime::sleep_for(seconds{1});
  ADD_FAILURE() << "a cancelled task goes on waiting";
}

TEST_F(DownloadEndings, ACancelledTaskStillGetsItsRecord) {
  net::test::FaultServer server(loop_, Fault::stall_payload, place_.address("server"));
  ProxyFaults faults;
  faults.upstream = server.address();
  net::test::SocksProxy proxy(loop_, std::move(faults), place_.address("proxy"));
  auto spec = a_download();
  spec.proxy = proxy.address();
  std::optional<model::Measurement> record;
  bool went_on = false;
  runtime::TaskGroup group(loop_);
  group.spawn("download", keep(ports(), spec, record, went_on));
  time_.advance(loop_, seconds{10});
  EXPECT_FALSE(record);
  time_.run(loop_, group.stop());
  ASSERT_TRUE(record);
  EXPECT_TRUE(went_on);
  expect_failure(*record, FailureCode::perfd_cancelled, "payload");
  EXPECT_NE(record->marks.find("DATAPERC50"), nullptr);
}

TEST_F(DownloadEndings, WhatCannotBeAskedForIsAnErrorOfPerfd) {
  auto spec = impatient();
  spec.path = "/a b\r\nX: y";
  expect_failure(run(spec), FailureCode::perfd_internal, "start");
}

}  // namespace
}  // namespace perfd::experiments
