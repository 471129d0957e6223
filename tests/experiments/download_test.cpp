// A download that works, and everything that is joined to it.
#include <fmt/format.h>

#include "experiments/support/virtual_download.h"

namespace perfd::experiments {
namespace {

namespace mark = model::mark;
using net::test::Fault;
using std::chrono::seconds;
using test::a_download;
using test::names_of;

class Download : public test::VirtualDownload {};

TEST_F(Download, IsARecordWithAllItsMarks) {
  auto spec = a_download();
  spec.arm = "plain";
  spec.guards = "none";
  spec.perfd_version = "9.9";
  auto const record = run(spec);
  EXPECT_TRUE(record.outcome.ok()) << record.outcome.detail;
  EXPECT_EQ(record.outcome, model::Outcome{});
  EXPECT_EQ(record.id, spec.id);
  EXPECT_EQ(record.source, "here");
  EXPECT_EQ(record.experiment, "download-50k");
  EXPECT_EQ(record.target, "direct");
  EXPECT_EQ(record.arm, "plain");
  EXPECT_EQ(record.guards, "none");
  EXPECT_EQ(record.perfd_version, "9.9");
  EXPECT_EQ(record.filesize, 51200);
  EXPECT_EQ(record.payload_bytes, 51200);
  EXPECT_EQ(record.socks_version, 5);
  EXPECT_EQ(record.socks_reply, 0);
  EXPECT_EQ(record.http_status, 200);
  EXPECT_EQ(record.remote.host, "192.0.2.1");
  EXPECT_EQ(record.remote.port, 80);
  EXPECT_EQ(names_of(record.marks),
            (std::vector<std::string>{"START",       "SOCKET",       "CONNECT",      "NEGOTIATE",
                                      "REQUEST",     "RESPONSE",     "DATAREQUEST",  "DATARESPONSE",
                                      "DATAPERC0",   "DATAPERC10",   "DATAPERC20",   "PARTIAL10240",
                                      "DATAPERC30",  "DATAPERC40",   "PARTIAL20480", "DATAPERC50",
                                      "DATAPERC60",  "DATAPERC70",   "DATAPERC80",   "DATAPERC90",
                                      "DATAPERC100", "PARTIAL51200", "DATACOMPLETE"}));
}

TEST_F(Download, EveryPartialUpToItsSizeIsMarked) {
  auto const record = run(a_download(5242880));
  ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
  for (auto const size : model::kPartialSizes)
    EXPECT_NE(record.marks.find(model::partial_name(size)), nullptr) << size;
  EXPECT_EQ(run(a_download(20479)).marks.find("PARTIAL20480"), nullptr);
}

TEST_F(Download, TheServersMarksAreJoined) {
  auto const record = run(a_download());
  EXPECT_EQ(names_of(record.server),
            (std::vector<std::string>{"ACCEPT", "REQUEST", "FIRST_BYTE", "HALF", "LAST_BYTE"}));
  // Time stands still in one turn of the loop: nobody waited.
  EXPECT_EQ(took_, Nanos{0});
}

TEST_F(Download, AServerThatNeverTellsIsWaitedForAndNotMissed) {
  auto const spec = a_download();
  auto const record = run_against(Fault::none, spec);
  EXPECT_TRUE(record.outcome.ok());
  EXPECT_TRUE(record.server.empty());
  EXPECT_EQ(took_, Nanos{spec.server_wait});
  // What comes later belongs to no record, and is not kept.
  net::ServerObservation late;
  late.measurement = spec.id;
  marks_.on_transfer(std::move(late));
  EXPECT_FALSE(time_.run(loop_, marks_.take(spec.id, runtime::mono_now())));
}

TEST_F(Download, TheIdIsTheUserName) {
  auto spec = a_download();
  auto const record = run(spec);
  EXPECT_EQ(request_.user, spec.id);
  EXPECT_EQ(methods_, "\x02");
  ASSERT_EQ(tor_.keys.size(), 1U);
  EXPECT_EQ(tor_.keys[0].username, spec.id);
  EXPECT_EQ(record.local.port, 0);  // a unix socket has none,
  EXPECT_EQ(tor_.keys[0].source_address, "");
}

TEST_F(Download, AUserNameOfTheCallersTakesItsPlace) {
  auto spec = a_download();
  spec.username = "shared";
  EXPECT_TRUE(run(spec).outcome.ok());
  EXPECT_EQ(request_.user, "shared");
  EXPECT_EQ(tor_.keys.at(0).username, "shared");
}

TEST_F(Download, EverySocksVersionCarriesIt) {
  using wire::socks::Version;
  for (auto const version : {Version::kSocks4, Version::kSocks4a, Version::kSocks5})
    for (bool const optimistic : {false, true}) {
      auto spec = a_download();
      spec.socks_version = version;
      spec.optimistic = optimistic;
      auto const record = run(spec);
      EXPECT_TRUE(record.outcome.ok()) << record.outcome.detail;
      EXPECT_EQ(request_.user, spec.id);
      EXPECT_EQ(request_.version == Version::kSocks5, version == Version::kSocks5);
      EXPECT_EQ(record.socks_version, version == Version::kSocks5 ? 5 : 4);
      EXPECT_EQ(record.optimistic, optimistic);
      EXPECT_FALSE(record.server.empty());
    }
}

TEST_F(Download, WhatTorToldIsInTheRecord) {
  tor_.seen.instance = "default";
  tor_.seen.version = "0.4.8.16";
  tor_.answer.stream = model::Stream{};
  tor_.answer.stream->id = 41;
  tor_.answer.circuits.resize(2);
  tor_.answer.circuits[1].id = 12;
  tor_.answer.guard = std::string(40, 'A');
  tor_.answers_after = seconds{1};
  auto const record = run(a_download());
  EXPECT_EQ(record.tor.instance, "default");
  EXPECT_EQ(record.tor.version, "0.4.8.16");
  ASSERT_TRUE(record.tor.stream);
  EXPECT_EQ(record.tor.stream->id, 41U);
  ASSERT_EQ(record.tor.circuits.size(), 2U);
  EXPECT_EQ(record.tor.circuits[1].id, 12U);
  EXPECT_EQ(record.tor.guard, std::string(40, 'A'));
  EXPECT_EQ(took_, seconds{1});
}

TEST_F(Download, TorsLastEventsAreWaitedForNoLongerThanAsked) {
  tor_.answers_after = seconds{60};
  auto const spec = a_download();
  EXPECT_TRUE(run(spec).outcome.ok());
  EXPECT_EQ(tor_.until, begun_ + Nanos{spec.tor_wait});
  EXPECT_EQ(took_, Nanos{spec.tor_wait});
}

TEST_F(Download, QueueingShows) {
  auto spec = a_download();
  auto record = run(spec);
  EXPECT_EQ(record.scheduled_at, record.started_at);
  EXPECT_EQ(record.started_at, record.marks.at(mark::kStart));
  spec.scheduled_at = runtime::wall_now() - seconds{3};
  record = run(spec);
  EXPECT_EQ(record.scheduled_at, spec.scheduled_at);
  EXPECT_EQ(record.started_at - record.scheduled_at, seconds{3});
}

// Pauses for 100 s in the middle of its answer; half way, the wall clock steps.
runtime::Task<> pause_and_step(runtime::StreamSocket socket, runtime::VirtualTime& time) {
  (void)co_await net::test::read_until(socket, "\r\n\r\n");
  co_await net::test::send_text(socket, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
  co_await runtime::sleep_for(seconds{50});
  time.step_wall(std::chrono::hours{-5});
  co_await runtime::sleep_for(seconds{50});
  co_await net::test::send_text(socket, "llo");
  co_await net::test::drain(socket);
}

TEST_F(Download, AWallClockThatStepsMovesNoMark) {
  net::test::Peer server(
      loop_,
      [this](runtime::StreamSocket socket) { return pause_and_step(std::move(socket), time_); },
      place_.address("server"));
  auto spec = a_download(5);
  spec.own_server = false;
  auto const record = run_at(server.address(), spec, {});
  ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
  EXPECT_EQ(record.marks.between(mark::kDataResponse, mark::kDataComplete), seconds{100});
  EXPECT_EQ(record.marks.between("DATAPERC40", "DATAPERC50"), seconds{100});
}

TEST_F(Download, StartedIsTheRecordBeforeItsFirstStep) {
  auto spec = a_download();
  spec.optimistic = true;
  auto const started = started_record(spec, wall_from_us(1'700'000'000'000'000));
  EXPECT_EQ(started.id, spec.id);
  EXPECT_EQ(to_us(started.started_at), 1'700'000'000'000'000);
  EXPECT_EQ(started.scheduled_at, started.started_at);
  EXPECT_EQ(started.filesize, 51200);
  EXPECT_TRUE(started.optimistic);
  EXPECT_TRUE(started.marks.empty());
  EXPECT_EQ(started.remote.host, "192.0.2.1");
}

}  // namespace
}  // namespace perfd::experiments
