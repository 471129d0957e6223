// Authentication against a scripted tor that checks what it is given.
#include <gmock/gmock.h>

#include "base/text.h"
#include "runtime/files.h"
#include "tor/support/control_fixture.h"
#include "wire/torctl/auth.h"

namespace perfd::tor {
namespace {

using runtime::Task;
using testing::HasSubstr;
using testing::Not;
using namespace wire::torctl;

std::string const kCookie = "0123456789abcdef0123456789ABCDEF";

AuthBytes bytes_of(std::string_view text) {
  AuthBytes out{};
  std::copy_n(reinterpret_cast<std::byte const*>(text.data()), out.size(), out.begin());
  return out;
}

class ControlAuthTest : public test::ControlTest {
 protected:
  ControlAuthTest() : folder_(runtime::make_temporary_folder("perfd-test").value()) {
    write_cookie(kCookie);
  }
  ~ControlAuthTest() override { std::filesystem::remove_all(folder_); }

  void write_cookie(std::string const& content) {
    runtime::write_file(folder_ / "cookie", content).value();
  }
  // What tor answers to PROTOCOLINFO.
  std::string offer(std::string const& methods) {
    return "250-PROTOCOLINFO 1\r\n250-AUTH METHODS=" + methods + " COOKIEFILE=\"" +
           (folder_ / "cookie").string() + "\"\r\n250-VERSION Tor=\"0.4.9.11\"\r\n250 OK\r\n";
  }

  std::filesystem::path folder_;
};

// Plays SAFECOOKIE with `cookie`, as tor does.
Task<> safe_cookie(test::FakeTor& tor, std::string offer, std::string cookie,
                   std::string& authenticated) {
  co_await tor.answer("PROTOCOLINFO 1", offer);
  auto const challenge = co_await tor.command();
  std::string const prefix = "AUTHCHALLENGE SAFECOOKIE ";
  if (!challenge.starts_with(prefix)) throw std::runtime_error("no challenge: " + challenge);
  auto const nonce = unhex(challenge.substr(prefix.size())).value();
  auto const client = bytes_of({reinterpret_cast<char const*>(nonce.data()), nonce.size()});
  auto const server = bytes_of("this is the nonce of the server!");
  auto const known = bytes_of(cookie);
  co_await tor.say(
      "250 AUTHCHALLENGE SERVERHASH=" +
      to_upper(hex(safe_cookie_hash(SafeCookieKey::server_to_controller, known, client, server))) +
      " SERVERNONCE=" + to_upper(hex(server)) + "\r\n");
  authenticated = co_await tor.command();
  bool const right =
      authenticated == "AUTHENTICATE " + hex(safe_cookie_hash(SafeCookieKey::controller_to_server,
                                                              known, client, server));
  co_await tor.say(right ? "250 OK\r\n" : "515 Authentication failed\r\n");
}

TEST_F(ControlAuthTest, ProvesKnowledgeOfTheCookie) {
  std::string sent;
  auto const result =
      run(safe_cookie(tor_, offer("COOKIE,SAFECOOKIE,HASHEDPASSWORD"), kCookie, sent),
          connection_.authenticate({}));
  EXPECT_TRUE(result.has_value()) << result.error().message;
}

TEST_F(ControlAuthTest, TellsNothingToATorThatDoesNotKnowTheCookie) {
  std::string sent = "nothing";
  auto const result =
      run(safe_cookie(tor_, offer("COOKIE,SAFECOOKIE"), "another cookie of an earlier run", sent),
          connection_.authenticate({}));
  ASSERT_TRUE(result.has_error());
  EXPECT_THAT(result.error().message, HasSubstr("does not know the cookie"));
  EXPECT_EQ(sent, "nothing");
}

Task<> expect_proof(test::FakeTor& tor, std::string offer, std::string proof, std::string answer) {
  co_await tor.answer("PROTOCOLINFO 1", std::move(offer));
  co_await tor.answer(std::move(proof), std::move(answer));
}

TEST_F(ControlAuthTest, ShowsTheCookieOnlyToATorThatCanDoNoBetter) {
  auto const hexed = hex(std::as_bytes(std::span(kCookie)));
  auto const result =
      run(expect_proof(tor_, offer("COOKIE"), "AUTHENTICATE " + hexed, "250 OK\r\n"),
          connection_.authenticate({}));
  EXPECT_TRUE(result.has_value());
}

TEST_F(ControlAuthTest, UsesAPasswordThatIsSet) {
  auto const result = run(expect_proof(tor_, offer("COOKIE,SAFECOOKIE,HASHEDPASSWORD"),
                                       R"(AUTHENTICATE "se\"cret")", "250 OK\r\n"),
                          connection_.authenticate({.password = "se\"cret", .cookie_file = {}}));
  EXPECT_TRUE(result.has_value());
}

TEST_F(ControlAuthTest, SaysWhenThePasswordIsWrongWithoutShowingIt) {
  auto const result = run(expect_proof(tor_, offer("HASHEDPASSWORD"), "AUTHENTICATE \"secret\"",
                                       "515 Authentication failed: Password did not match\r\n"),
                          connection_.authenticate({.password = "secret", .cookie_file = {}}));
  EXPECT_THAT(result.error().message, HasSubstr("515 Authentication failed"));
  EXPECT_THAT(result.error().message, Not(HasSubstr("secret")));
}

TEST_F(ControlAuthTest, NeedsNothingWhereTorAsksForNothing) {
  auto const result =
      run(expect_proof(tor_, "250-PROTOCOLINFO 1\r\n250-AUTH METHODS=NULL\r\n250 OK\r\n",
                       "AUTHENTICATE", "250 OK\r\n"),
          connection_.authenticate({}));
  EXPECT_TRUE(result.has_value());
}

TEST_F(ControlAuthTest, SaysWhatItNeedsWhereItHasNothingToShow) {
  auto const result =
      run(tor_.answer("PROTOCOLINFO 1",
                      "250-PROTOCOLINFO 1\r\n250-AUTH METHODS=HASHEDPASSWORD\r\n250 OK\r\n"),
          connection_.authenticate({}));
  EXPECT_THAT(result.error().message, HasSubstr("no control password is set"));
}

TEST_F(ControlAuthTest, SaysWhichCookieItCannotUse) {
  write_cookie(kCookie + "x");
  auto const wrong_size =
      run(tor_.answer("PROTOCOLINFO 1", offer("COOKIE,SAFECOOKIE")), connection_.authenticate({}));
  EXPECT_THAT(wrong_size.error().message, HasSubstr("cookie"));
  auto const missing = run(tor_.answer("PROTOCOLINFO 1", offer("COOKIE,SAFECOOKIE")),
                           connection_.authenticate({.password = {}, .cookie_file = "/nowhere"}));
  EXPECT_THAT(missing.error().message, HasSubstr("/nowhere"));
  EXPECT_THAT(missing.error().message, HasSubstr("run perfd as a user who may read"));
}

Task<Result<ControlConnection>> open_at(runtime::Loop& loop, runtime::TaskGroup& tasks,
                                        runtime::Address address) {
  co_return co_await ControlConnection::open(loop, tasks, address, {},
                                             runtime::mono_now() + std::chrono::seconds(5));
}

TEST_F(ControlAuthTest, SaysWhereNobodyListens) {
  auto const path = runtime::Address::unix_path((folder_ / "control").string()).value();
  auto const result = time_.run(loop_, open_at(loop_, tasks_, path));
  EXPECT_THAT(result.error().message, HasSubstr("control"));
}

TEST_F(ControlAuthTest, DoesNotWaitForeverForATorThatIsSilent) {
  auto const path = runtime::Address::unix_path((folder_ / "control").string()).value();
  auto const listener = runtime::BoundListener::bind(path).value();
  auto const result = time_.run(loop_, open_at(loop_, tasks_, path));
  ASSERT_TRUE(result.has_error());
  EXPECT_THAT(result.error().message, HasSubstr("did not answer"));
}

}  // namespace
}  // namespace perfd::tor
