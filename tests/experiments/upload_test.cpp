// Uploads and names to resolve: what differs from a download.
#include <gmock/gmock.h>

#include <future>

#include "experiments/support/virtual_download.h"
#include "net/support/peer.h"

namespace perfd::experiments {
namespace {

using model::FailureCode;
using test::names_of;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t kSize = 1'000'000;

MeasurementSpec an_upload() {
  auto spec = test::a_download(kSize);
  spec.kind = model::Kind::upload;
  return spec;
}

class Upload : public test::VirtualDownload {};

runtime::Task<> hold_pool(runtime::Task<bool> held) { (void)co_await std::move(held); }

runtime::Task<> keep(MeasurementPorts ports, MeasurementSpec spec,
                     std::optional<model::Measurement>& out) {
  out = co_await measure_once(ports, std::move(spec));
}

TEST_F(Upload, IsARecordWithBothSidesMarks) {
  auto const record = run(an_upload());
  ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
  EXPECT_EQ(record.kind, model::Kind::upload);
  EXPECT_EQ(record.filesize, kSize);
  EXPECT_EQ(record.payload_bytes, kSize);
  EXPECT_EQ(record.http_status, 200);
  EXPECT_THAT(
      names_of(record.marks),
      ElementsAre("START", "SOCKET", "CONNECT", "NEGOTIATE", "REQUEST", "RESPONSE", "DATAREQUEST",
                  "HANDEDFIRST", "HANDEDLAST", "DATARESPONSE", "DATACOMPLETE"));
  for (auto const* name :
       {"ACCEPT", "REQUEST", "FIRST_BYTE", "DATAPERC10", "DATAPERC90", "HALF", "LAST_BYTE"})
    EXPECT_NE(record.server.find(name), nullptr) << name;
  ASSERT_EQ(tor_.keys.size(), 1U);
  EXPECT_EQ(tor_.keys[0].username, record.id);
}

// Takes the request's head and so many bytes of the body, and then nothing any more. Where it has
// an `answer` it says that a second later, when everybody waits for it.
runtime::Task<> take_some(runtime::StreamSocket socket, std::size_t count,
                          std::optional<std::string> answer = {}) {
  std::array<std::byte, 1024> buffer;
  for (std::size_t got = 0; got < count;) {
    auto const received = co_await socket.receive(buffer);
    if (!received || received->bytes == 0) co_return;
    got += received->bytes;
  }
  co_await runtime::sleep_for(std::chrono::seconds{1});
  if (answer) co_await net::test::send_text(socket, *answer);
  co_await runtime::sleep_for(std::chrono::hours{1});
}

TEST_F(Upload, OneThatStallsEndsAtItsDeadlineAndTellsHowFarItCame) {
  net::test::Peer deaf(
      loop_, [](runtime::StreamSocket socket) { return take_some(std::move(socket), 300'000); },
      place_.address("server"));
  auto spec = an_upload();
  spec.size = Bytes{100'000'000};
  auto const record = run_at(deaf.address(), spec, {});
  expect_failure(record, FailureCode::net_timeout, "upload");
  EXPECT_THAT(record.outcome.detail, HasSubstr("bytes of the upload were handed over"));
  EXPECT_EQ(took_, Nanos{spec.timeout} + Nanos{spec.server_wait});
  EXPECT_NE(record.marks.find("HANDEDFIRST"), nullptr);
  EXPECT_EQ(record.marks.find("HANDEDLAST"), nullptr);
}

TEST_F(Upload, ARefusalIsSeenThoughTheServerTakesNoMore) {
  auto spec = an_upload();
  spec.size = Bytes{100'000'000};
  for (std::string const interim : {"", "HTTP/1.1 100 Continue\r\n\r\n"}) {
    auto const answer = interim + "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nNo\n";
    net::test::Peer deaf(
        loop_,
        [answer](runtime::StreamSocket socket) {
          return take_some(std::move(socket), 300'000, answer);
        },
        place_.address("server"));
    auto const record = run_at(deaf.address(), spec, {});
    expect_failure(record, FailureCode::http_status, "upload");
    EXPECT_EQ(record.http_status, 413);
    EXPECT_EQ(took_, std::chrono::seconds{1} + Nanos{spec.server_wait});
    EXPECT_NE(record.marks.find("HANDEDFIRST"), nullptr);
    EXPECT_EQ(record.marks.find("HANDEDLAST"), nullptr);
  }
}

// A busy pool stands for a digest that takes long.
TEST_F(Upload, DoesNotBeginBeforeItsDigestIsThere) {
  net::test::Peer server(
      loop_, [](runtime::StreamSocket socket) { return take_some(std::move(socket), 1); },
      place_.address("server"));
  runtime::Pool pool(1);
  std::promise<void> go_on;
  auto const released = go_on.get_future().share();
  auto hold = [released] {
    released.wait();
    return true;
  };
  runtime::TaskGroup tasks(loop_);
  tasks.spawn("hold the pool", hold_pool(pool.run(loop_, std::move(hold))));
  auto with_pool = ports();
  with_pool.pool = &pool;
  auto spec = an_upload();
  spec.proxy = server.address();
  spec.size = Bytes{kSize + 1};
  std::optional<model::Measurement> record;
  tasks.spawn("upload", keep(with_pool, spec, record));
  time_.advance(loop_, std::chrono::seconds{10});
  EXPECT_FALSE(record);
  EXPECT_EQ(server.connections(), 0);
  stop_.set();
  time_.advance(loop_, Nanos{0});
  ASSERT_TRUE(record);
  expect_failure(*record, FailureCode::perfd_cancelled, "start");
  EXPECT_EQ(server.connections(), 0);
  go_on.set_value();
  loop_.run_until_done(tasks.join());
}

TEST_F(Upload, ARefusalOfTheServerIsItsStatus) {
  net::MeasurementServer server(loop_, {.max_size = {1000}}, nullptr, &marks_);
  auto const where = place_.address("server");
  server.listen(std::move(*runtime::BoundListener::bind(where)));
  auto const record = run_at(where, an_upload(), {});
  time_.run(loop_, server.stop());
  EXPECT_EQ(record.outcome.code, FailureCode::http_status) << record.outcome.detail;
  EXPECT_EQ(record.http_status, 413);
  EXPECT_EQ(record.payload_bytes, 0);
}

class Resolve : public test::VirtualDownload {
 protected:
  MeasurementSpec a_query(std::string query, bool reverse) {
    auto spec = test::a_download(0);
    spec.kind = model::Kind::resolve;
    spec.query = std::move(query);
    spec.reverse = reverse;
    return spec;
  }
};

TEST_F(Resolve, KeepsTheAnswerAndWhenItCame) {
  auto const record = run(a_query("www.example.com", false), {.resolves_to = "192.0.2.7"});
  ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
  EXPECT_EQ(record.kind, model::Kind::resolve);
  EXPECT_EQ(record.resolved, "192.0.2.7");
  EXPECT_EQ(record.remote.host, "www.example.com");
  EXPECT_EQ(record.remote.port, 0);
  EXPECT_THAT(names_of(record.marks),
              ElementsAre("START", "SOCKET", "CONNECT", "NEGOTIATE", "REQUEST", "RESPONSE"));
  EXPECT_TRUE(record.server.empty());
  EXPECT_EQ(request_.command, wire::socks::Command::kResolve);
  EXPECT_EQ(request_.user, record.id);
  EXPECT_EQ(took_, Nanos{0});  // it waits for no server
}

TEST_F(Resolve, AsksForANameToo) {
  auto const record = run(a_query("192.0.2.7", true), {.resolves_to = "host.example.com"});
  ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
  EXPECT_EQ(record.resolved, "host.example.com");
  EXPECT_EQ(request_.command, wire::socks::Command::kResolvePtr);
}

TEST_F(Resolve, ARefusalIsItsCode) {
  auto const record = run(a_query("nosuch.example.com", false), {.refuse = 4});
  expect_failure(record, FailureCode::socks_host_unreachable, "socks request");
  EXPECT_TRUE(record.resolved.empty());
}

}  // namespace
}  // namespace perfd::experiments
