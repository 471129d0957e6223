// The measurement server over TLS, against OpenSSL's client.
#include "net/digest.h"
#include "net/payload.h"
#include "net/support/server_fixture.h"
#include "net/support/tls_client.h"
#include "runtime/certificate.h"
#include "runtime/random.h"
#include "wire/bytes.h"

namespace perfd::net {
namespace {

using std::chrono::seconds;

constexpr std::string_view kOnion =
    "p53lf57qovyuvwsc6xnrppyply3vtqm7l6pcobkmyqsiofyeznfu5uqd.onion";

runtime::ServerCertificate test_certificate() {
  return runtime::make_server_certificate({"perfd.test", std::string(kOnion), "127.0.0.1"},
                                          runtime::wall_now())
      .value();
}

std::string request(std::string_view line, std::string_view fields = "") {
  return std::string(line) + " HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n";
}

class ServerTlsTest : public test::ServerFixture {
 protected:
  void SetUp() override {
    server_.emplace(loop_, ServerOptions{}, nullptr, &observer_);
    server_->listen(
        std::move(*runtime::BoundListener::bind(test::any_port())),
        runtime::TlsContext::create(certificate_.certificate_pem, certificate_.key_pem).value());
  }
  test::TlsAnswer get(test::TlsAsk what) {
    what.authority_pem = certificate_.authority_pem;
    return test::ask_tls(loop_, address(), std::move(what));
  }

  runtime::ServerCertificate certificate_ = test_certificate();
};

TEST_F(ServerTlsTest, IsTrustedUnderEachOfItsNamesAndNoOther) {
  for (auto const* name : {"perfd.test", kOnion.data(), "127.0.0.1"}) {
    auto const answer = get({.text = request("GET /", "Connection: close\r\n"), .name = name});
    EXPECT_EQ(answer.failure, "") << name;
    EXPECT_EQ(answer.version, "TLSv1.3");
    EXPECT_EQ(test::split_answers(answer.text).at(0).status, 200);
  }
  for (auto const* name : {"example.test", "127.0.0.2"})
    EXPECT_EQ(get({.text = "", .name = name}).failure, "certificate verify failed") << name;
}

TEST_F(ServerTlsTest, EndsInOrderAndLeavesNothingToResume) {
  auto const answer = get({.text = request("GET /", "Connection: close\r\n")});
  EXPECT_TRUE(answer.ended);
  EXPECT_FALSE(answer.resumable);
}

TEST_F(ServerTlsTest, AgreesOnHttp11WhereItIsOffered) {
  auto const last = request("GET /", "Connection: close\r\n");
  EXPECT_EQ(get({.text = last, .alpn = "\x02h2\x08http/1.1"}).alpn, "http/1.1");
  EXPECT_EQ(get({.text = last, .alpn = "\x02h2"}).alpn, "");
  EXPECT_EQ(get({.text = last, .alpn = ""}).alpn, "");
}

TEST_F(ServerTlsTest, ALargePayloadArrivesByteForByte) {
  auto const answer = get({.text = request("GET /urandom/5000000") + request("GET /urandom/0") +
                                   request("GET /urandom/100", "Connection: close\r\n"),
                           .read_size = 1000});
  auto const answers = test::split_answers(answer.text);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers.at(0).body.size(), 5000000U);
  EXPECT_EQ(answers.at(2).body.size(), 100U);
  for (auto const& one : answers) {
    PayloadCheck check(PayloadTag::parse(one.field(kPayloadField)).value());
    EXPECT_TRUE(check.check(wire::as_bytes(one.body)));
  }
}

TEST_F(ServerTlsTest, AnUploadArrivesByteForByte) {
  std::string body(3'000'000, '\0');
  runtime::fill_random(std::as_writable_bytes(std::span(body)));
  Sha256 digest;
  digest.add(wire::as_bytes(body));
  auto const answer = get(
      {.text = request("POST /upload", "Connection: close\r\nContent-Length: 3000000\r\n") + body,
       .piece = 5000});
  EXPECT_NE(answer.text.find("{\"bytes\":3000000,\"sha256\":\"" + digest.hex() + "\""),
            answer.text.npos)
      << answer.text;
}

TEST_F(ServerTlsTest, TheHandshakeIsAMarkBetweenAcceptAndRequest) {
  auto const id = runtime::new_id();
  (void)get({.text = request("GET /urandom/100000",
                             "Connection: close\r\nX-Perfd-Measurement: " + id + "\r\n")});
  ASSERT_EQ(observer_.seen.size(), 1U);
  auto const& marks = observer_.seen.front().marks;
  EXPECT_EQ(observer_.seen.front().bytes, 100000);
  auto const accept = marks.at("ACCEPT").value();
  auto const secured = marks.at("TLS").value();
  EXPECT_LT(accept, secured);
  EXPECT_LE(secured, marks.at("REQUEST").value());
}

TEST_F(ServerTlsTest, AClientInPlainTextIsToldAndCounted) {
  auto const answer = test::ask(loop_, address(), {.text = request("GET /")});
  EXPECT_TRUE(answer.ended);
  auto const told = test::split_answers(answer.text);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.at(0).status, 400);
  EXPECT_TRUE(told.at(0).whole);
  EXPECT_NE(told.at(0).body.find("https"), std::string::npos);
  EXPECT_EQ(server_->stats().bad_handshakes, 1U);
  EXPECT_EQ(server_->stats().requests, 0U);
}

TEST_F(ServerTlsTest, WhatIsNoHandshakeIsCountedAndTheNextClientServed) {
  (void)test::ask(
      loop_, address(),
      {.text = "\x16\x03\x01\x02\x00garbage garbage garbage garbage", .half_close = true});
  (void)test::ask(loop_, address(), {.text = "", .half_close = true});
  EXPECT_EQ(server_->stats().bad_handshakes, 2U);
  EXPECT_EQ(get({.text = request("GET /", "Connection: close\r\n")}).failure, "");
  EXPECT_EQ(server_->stats().bad_handshakes, 2U);
}

TEST_F(ServerTlsTest, OneServerSpeaksBoth) {
  server_->listen(std::move(*runtime::BoundListener::bind(test::any_port())));
  auto const plain = test::ask(loop_, server_->addresses().at(1),
                               {.text = request("GET /urandom/70000", "Connection: close\r\n")});
  EXPECT_EQ(test::split_answers(plain.text).at(0).body.size(), 70000U);
  EXPECT_EQ(get({.text = request("GET /", "Connection: close\r\n")}).failure, "");
}

// In virtual time, on a unix socket.
class SlowTlsTest : public test::VirtualServerFixture {
 protected:
  void SetUp() override {
    auto const certificate = test_certificate();
    server_.emplace(loop_, ServerOptions{}, nullptr, &observer_);
    server_->listen(
        std::move(*runtime::BoundListener::bind(place_.address("server"))),
        runtime::TlsContext::create(certificate.certificate_pem, certificate.key_pem).value());
    begun_ = runtime::mono_now();
  }
};

TEST_F(SlowTlsTest, AClientThatStallsInItsHandshakeIsEndedInTime) {
  // The head of a record that never comes whole.
  auto const answer = ask({.text = std::string("\x16\x03\x01\x02\x00\x01", 6)});
  EXPECT_TRUE(answer.ended);
  EXPECT_GE(passed(), seconds{30});
  EXPECT_LE(passed(), seconds{32});
  EXPECT_EQ(server_->stats().timed_out, 1U);
  EXPECT_EQ(server_->stats().connections, 0U);
}

TEST_F(SlowTlsTest, AClientThatSaysNothingIsEndedAsEarly) {
  EXPECT_TRUE(ask({.text = ""}).ended);
  EXPECT_LE(passed(), seconds{32});
}

TEST_F(ServerTlsTest, AnotherCertificateIsForConnectionsFromThenOn) {
  auto const last = request("GET /", "Connection: close\r\n");
  EXPECT_EQ(get({.text = last}).failure, "");
  auto const other = test_certificate();
  server_->renew(runtime::TlsContext::create(other.certificate_pem, other.key_pem).value());
  EXPECT_EQ(get({.text = last}).failure, "certificate verify failed");
  certificate_ = other;
  EXPECT_EQ(get({.text = last}).failure, "");
}

TEST_F(ServerTlsTest, ACertificateTellsItsEnd) {
  auto const context =
      runtime::TlsContext::create(certificate_.certificate_pem, certificate_.key_pem).value();
  auto const left = context.expires() - runtime::wall_now();
  EXPECT_GT(left, std::chrono::days{364});
  EXPECT_LE(left, std::chrono::days{365});
}

}  // namespace
}  // namespace perfd::net
