#include "wire/torctl/auth.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "base/text.h"
#include "wire/torctl/results.h"
#include "wire/torctl/text.h"

namespace perfd::wire::torctl {
namespace {

std::optional<AuthBytes> auth_bytes(std::string const* hexed) {
  if (hexed == nullptr) return std::nullopt;
  auto const bytes = unhex(*hexed);
  AuthBytes out{};
  if (!bytes || bytes->size() != out.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

void read_auth_line(std::string_view line, ProtocolInfo& info) {
  auto const arguments = parse_arguments(line);
  if (arguments.has_error()) return;
  for (auto const& [keyword, value] : arguments->keywords) {
    if (keyword == "COOKIEFILE") info.cookie_files.push_back(value);
    if (keyword != "METHODS") continue;
    for (auto const method : split(value, ',')) {
      info.methods.emplace_back(method);
      info.null |= method == "NULL";
      info.password |= method == "HASHEDPASSWORD";
      info.cookie |= method == "COOKIE";
      info.safe_cookie |= method == "SAFECOOKIE";
    }
  }
}

}  // namespace

Result<ProtocolInfo> parse_protocolinfo(Reply const& reply) {
  if (!reply.ok()) return refusal(reply, "PROTOCOLINFO");
  if (reply.lines.empty() || !reply.lines.front().text.starts_with("PROTOCOLINFO"))
    return Error{"not a tor control port: it answered PROTOCOLINFO with \"" +
                 printable(to_text(reply)) + "\""};
  ProtocolInfo info;
  for (auto const& line : reply.lines) {
    if (line.text.starts_with("AUTH ")) read_auth_line(line.text, info);
    if (line.text.starts_with("VERSION ")) {
      auto const arguments = parse_arguments(line.text);
      if (arguments.has_error()) continue;
      if (auto const* version = find(arguments->keywords, "Tor")) info.tor_version = *version;
    }
  }
  return info;
}

Result<AuthChallenge> parse_authchallenge(Reply const& reply) {
  if (!reply.ok()) return refusal(reply, "AUTHCHALLENGE");
  for (auto const& line : reply.lines) {
    auto const arguments = parse_arguments(line.text);
    if (arguments.has_error()) continue;
    auto const hash = auth_bytes(find(arguments->keywords, "SERVERHASH"));
    auto const nonce = auth_bytes(find(arguments->keywords, "SERVERNONCE"));
    if (hash && nonce) return AuthChallenge{*hash, *nonce};
  }
  return Error{"an answer to AUTHCHALLENGE without a hash and a nonce of 32 bytes"};
}

AuthBytes safe_cookie_hash(SafeCookieKey key, AuthBytes const& cookie,
                           AuthBytes const& client_nonce, AuthBytes const& server_nonce) {
  std::string_view const name = key == SafeCookieKey::server_to_controller
                                    ? "Tor safe cookie authentication server-to-controller hash"
                                    : "Tor safe cookie authentication controller-to-server hash";
  std::array<std::byte, 96> message{};
  auto at = std::copy(cookie.begin(), cookie.end(), message.begin());
  at = std::copy(client_nonce.begin(), client_nonce.end(), at);
  std::copy(server_nonce.begin(), server_nonce.end(), at);
  AuthBytes hash{};
  unsigned length = 0;
  auto const* made = HMAC(EVP_sha256(), name.data(), static_cast<int>(name.size()),
                          reinterpret_cast<unsigned char const*>(message.data()), message.size(),
                          reinterpret_cast<unsigned char*>(hash.data()), &length);
  if (made == nullptr || length != hash.size()) throw std::runtime_error("HMAC-SHA256 failed");
  return hash;
}

Result<AuthBytes> answer_challenge(AuthChallenge const& challenge, AuthBytes const& cookie,
                                   AuthBytes const& client_nonce) {
  auto const expected = safe_cookie_hash(SafeCookieKey::server_to_controller, cookie, client_nonce,
                                         challenge.server_nonce);
  if (CRYPTO_memcmp(expected.data(), challenge.server_hash.data(), expected.size()) != 0)
    return Error{
        "the process behind the control port does not know the cookie: not the tor that wrote "
        "the cookie file, or the file is of an earlier run"};
  return safe_cookie_hash(SafeCookieKey::controller_to_server, cookie, client_nonce,
                          challenge.server_nonce);
}

}  // namespace perfd::wire::torctl
