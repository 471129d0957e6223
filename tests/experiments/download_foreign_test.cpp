// Other people's servers and proxies, and the account of bytes.
#include "experiments/support/virtual_download.h"

namespace perfd::experiments {
namespace {

using model::FailureCode;
using test::a_download;

constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

class ForeignDownload : public test::VirtualDownload {
 protected:
  ForeignDownload()
      : server_(
            loop_, [this](runtime::StreamSocket socket) { return serve(std::move(socket)); },
            place_.address("server")) {}
  model::Measurement fetch(MeasurementSpec spec, net::test::ProxyFaults faults = {}) {
    spec.own_server = false;
    spec.path = "/some/page?x=1";
    return run_at(server_.address(), std::move(spec), std::move(faults));
  }
  // Through a proxy of which no tor is known.
  model::Measurement fetch_without_tor(MeasurementSpec spec, net::test::ProxyFaults faults = {}) {
    spec.own_server = false;
    faults.upstream = server_.address();
    net::test::SocksProxy proxy(loop_, std::move(faults), place_.address("proxy"));
    spec.proxy = proxy.address();
    MeasurementPorts const alone{loop_};
    auto record = time_.run(loop_, measure_once(alone, std::move(spec)));
    request_ = proxy.last_request();
    methods_ = proxy.last_methods();
    return record;
  }

  std::string asked_;
  net::test::Peer server_;

 private:
  runtime::Task<> serve(runtime::StreamSocket socket) {
    asked_ = co_await net::test::read_until(socket, "\r\n\r\n");
    co_await net::test::send_text(socket, std::string(kAnswer));
    co_await net::test::drain(socket);
  }
};

TEST_F(ForeignDownload, NeitherIdNorVerificationIsForAForeignServer) {
  auto spec = a_download(5);
  spec.host_field = "example.com:8080";
  auto const record = fetch(spec);
  EXPECT_TRUE(record.outcome.ok()) << record.outcome.detail;
  EXPECT_TRUE(asked_.starts_with("GET /some/page?x=1 HTTP/1.1\r\nHost: example.com:8080\r\n"));
  EXPECT_EQ(asked_.find(spec.id), std::string::npos);
  EXPECT_EQ(record.payload_bytes, 5);
}

TEST_F(ForeignDownload, WhateverItSendsIsTheSizeWhereNoneIsAskedFor) {
  auto const record = fetch(a_download(0));
  EXPECT_TRUE(record.outcome.ok()) << record.outcome.detail;
  EXPECT_EQ(record.filesize, 5);
  EXPECT_NE(record.marks.find("DATAPERC100"), nullptr);
}

TEST_F(ForeignDownload, AnotherSizeThanTheOneAskedForIsAFailure) {
  expect_failure(fetch(a_download(6)), FailureCode::http_wrong_length, "http response");
}

TEST_F(ForeignDownload, EveryByteIsCounted) {
  auto const spec = a_download(5);
  auto const record = fetch(spec);
  // RFC 1928 and 1929: greeting, user name and password, request with an IPv4 address.
  auto const said = 3 + (1 + 1 + 26 + 1 + std::string_view("perfd").size()) + 10;
  auto const heard = 2 + 2 + 10;
  EXPECT_EQ(record.writebytes, static_cast<std::int64_t>(said + asked_.size()));
  EXPECT_EQ(record.readbytes, static_cast<std::int64_t>(heard + kAnswer.size()));
}

TEST_F(ForeignDownload, TorMustTakeTheUserName) {
  expect_failure(fetch(a_download(5), {.no_usernames = true}), FailureCode::socks_auth,
                 "socks negotiate");
  expect_failure(fetch(a_download(5), {.drops_usernames = true}), FailureCode::socks_protocol,
                 "socks negotiate");
  EXPECT_TRUE(asked_.empty());
}

TEST_F(ForeignDownload, AForeignProxyNeedNotTakeTheUserName) {
  EXPECT_TRUE(fetch_without_tor(a_download(5), {.no_usernames = true}).outcome.ok());
  EXPECT_EQ(request_.user, "");
  auto const spec = a_download(5);
  EXPECT_TRUE(fetch_without_tor(spec).outcome.ok());
  EXPECT_EQ(request_.user, spec.id);
}

TEST_F(ForeignDownload, WithoutAUserNameNothingElseIsOffered) {
  using wire::socks::Version;
  for (auto const version : {Version::kSocks4, Version::kSocks4a, Version::kSocks5}) {
    auto spec = a_download(5);
    spec.send_username = false;
    spec.socks_version = version;
    auto const record = fetch_without_tor(spec, {.no_usernames = true});
    EXPECT_TRUE(record.outcome.ok()) << record.outcome.detail;
    EXPECT_EQ(request_.user, "");
    EXPECT_EQ(methods_, version == Version::kSocks5 ? std::string(1, '\0') : std::string());
  }
}

TEST_F(ForeignDownload, WithoutTorThereIsNothingOfTorInTheRecord) {
  auto const record = fetch_without_tor(a_download(5));
  EXPECT_EQ(record.tor, model::TorView{});
  EXPECT_TRUE(record.server.empty());
}

}  // namespace
}  // namespace perfd::experiments
