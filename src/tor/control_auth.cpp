// Authentication: which method is chosen, and what is said where none works.
#include "base/text.h"
#include "runtime/files.h"
#include "runtime/random.h"
#include "tor/control_state.h"
#include "wire/torctl/auth.h"

namespace perfd::tor {

using runtime::Task;
using namespace wire::torctl;

namespace {

Result<AuthBytes> read_cookie(std::filesystem::path const& path) {
  // One byte more than a cookie has tells a longer file from a cookie.
  auto const text = runtime::read_file(path, kCookieSize + 1);
  if (text.has_error()) return text.error();
  if (text->size() != kCookieSize)
    return Error{path.string() + " is not a control cookie: it has not 32 bytes"};
  AuthBytes cookie{};
  std::copy_n(reinterpret_cast<std::byte const*>(text->data()), kCookieSize, cookie.begin());
  return cookie;
}

std::string joined(std::vector<std::string> const& words) {
  std::string out;
  for (auto const& word : words) out += (out.empty() ? "" : ", ") + printable(word, 40);
  return out;
}

}  // namespace

Task<Result<>> ControlConnection::State::authenticate(std::shared_ptr<State> state,
                                                      Credentials credentials) {
  auto const asked =
      co_await command(state, success(command::protocolinfo()), "PROTOCOLINFO", kTimeout);
  if (asked.has_error()) co_return asked.error();
  auto const info = parse_protocolinfo(*asked);
  if (info.has_error()) co_return info.error();

  // tor closes the connection after one failure, so there is one try.
  Result<std::string> proof = Error{};
  if (credentials.password && info->password) {
    proof = command::authenticate_password(*credentials.password);
  } else if (info->safe_cookie || info->cookie) {
    auto path = credentials.cookie_file;
    if (!path && !info->cookie_files.empty()) path = info->cookie_files.front();
    auto const cookie =
        path ? read_cookie(*path) : Result<AuthBytes>(Error{"tor names no cookie file"});
    if (cookie.has_error()) {
      co_return Error{"can't authenticate to tor's control port: " + cookie.error().message +
                          "; run perfd as a user who may read the cookie, or set a control "
                          "password (tor offers " +
                          joined(info->methods) + ")",
                      cookie.error().code};
    }
    if (info->safe_cookie) {
      AuthBytes nonce{};
      runtime::fill_random(nonce);
      auto const challenged = co_await command(state, success(command::authchallenge(nonce)),
                                               "AUTHCHALLENGE", kTimeout);
      if (challenged.has_error()) co_return challenged.error();
      auto const challenge = parse_authchallenge(*challenged);
      if (challenge.has_error()) co_return challenge.error();
      auto const answer = answer_challenge(*challenge, *cookie, nonce);
      if (answer.has_error()) co_return answer.error();
      proof = success(command::authenticate_bytes(*answer));
    } else {
      proof = success(command::authenticate_bytes(*cookie));
    }
  } else if (info->null) {
    proof = success(command::authenticate());
  } else {
    co_return Error{"can't authenticate to tor's control port: it offers " + joined(info->methods) +
                    (info->password ? ", and no control password is set" : "")};
  }
  auto const answered = co_await command(state, std::move(proof), "AUTHENTICATE", kTimeout);
  if (answered.has_error()) co_return answered.error();
  co_return expect_ok(*answered, "AUTHENTICATE");
}

Task<Result<>> ControlConnection::authenticate(Credentials credentials) {
  return State::authenticate(state_, std::move(credentials));
}

}  // namespace perfd::tor
