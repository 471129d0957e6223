#include "testnet/certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include <array>
#include <optional>
#include <span>
#include <stdexcept>

#include "base/text.h"
#include "base/time_text.h"

namespace perfd::testnet {
namespace {

[[noreturn]] void fail(char const* what) {
  throw std::runtime_error(std::string("OpenSSL can't ") + what);
}

std::string sha1(std::string_view bytes) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  ::SHA1(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(), digest.data());
  return {reinterpret_cast<char const*>(digest.data()), digest.size()};
}

std::string base64_lines(std::string_view bytes) {
  std::string flat((bytes.size() + 2) / 3 * 4 + 1, '\0');
  auto const n = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(flat.data()),
                                   reinterpret_cast<unsigned char const*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  flat.resize(static_cast<std::size_t>(n));
  std::string out;
  for (std::size_t i = 0; i < flat.size(); i += 64) out += flat.substr(i, 64) + "\n";
  return out;
}

std::string armored(std::string_view label, std::string_view bytes) {
  std::string const name(label);
  return "-----BEGIN " + name + "-----\n" + base64_lines(bytes) + "-----END " + name + "-----\n";
}

// The public key as PKCS #1 DER.
std::string der_of(EVP_PKEY* key) {
  unsigned char* bytes = nullptr;
  int const n = ::i2d_PublicKey(key, &bytes);
  if (n <= 0) fail("encode a public key");
  std::string out(reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(n));
  ::OPENSSL_free(bytes);
  return out;
}

// dir-spec writes moments as "2026-11-24 03:37:40".
std::string moment(WallTime time) {
  auto text = format_iso_seconds(time);
  text[10] = ' ';
  text.pop_back();
  return text;
}

std::optional<std::string_view> value_of(std::string_view text, std::string_view keyword) {
  for (auto const line : split(text, '\n'))
    if (line.starts_with(keyword) && line.substr(keyword.size()).starts_with(' '))
      return trim(line.substr(keyword.size()));
  return std::nullopt;
}

}  // namespace

RsaKey::RsaKey(evp_pkey_st* key) : key_(key, &::EVP_PKEY_free) {}

RsaKey RsaKey::generate() {
  auto* const key = ::EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024});
  if (key == nullptr) fail("make an RSA key");
  return RsaKey(key);
}

Result<RsaKey> RsaKey::from_pem(std::string_view pem) {
  auto* const bio = ::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  // An empty password: an encrypted key must fail, not ask at the terminal.
  char password[] = "";
  auto* const key = ::PEM_read_bio_PrivateKey(bio, nullptr, nullptr, password);
  ::BIO_free(bio);
  if (key == nullptr || ::EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
    ::EVP_PKEY_free(key);
    return Error{"this is not an RSA private key in PEM"};
  }
  return RsaKey(key);
}

std::string RsaKey::private_pem() const {
  auto* const bio = ::BIO_new(BIO_s_mem());
  if (::PEM_write_bio_PrivateKey_traditional(bio, key_.get(), nullptr, nullptr, 0, nullptr,
                                             nullptr) != 1)
    fail("write a private key");
  char* data = nullptr;
  auto const size = BIO_get_mem_data(bio, &data);
  std::string out(data, static_cast<std::size_t>(size));
  ::BIO_free(bio);
  return out;
}

std::string RsaKey::public_pem() const { return armored("RSA PUBLIC KEY", der_of(key_.get())); }
std::string RsaKey::public_digest() const { return sha1(der_of(key_.get())); }
std::string RsaKey::fingerprint() const {
  auto const digest = public_digest();
  return to_upper(hex(std::as_bytes(std::span<const char>(digest))));
}

std::string RsaKey::sign_digest(std::string_view digest) const {
  auto* const context = ::EVP_PKEY_CTX_new(key_.get(), nullptr);
  std::string out(static_cast<std::size_t>(::EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = out.size();
  bool const ok =
      context != nullptr && ::EVP_PKEY_sign_init(context) == 1 &&
      ::EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
      ::EVP_PKEY_sign(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                      reinterpret_cast<unsigned char const*>(digest.data()), digest.size()) == 1;
  ::EVP_PKEY_CTX_free(context);
  if (!ok) fail("sign with an RSA key");
  out.resize(size);
  return out;
}

std::string make_certificate(RsaKey const& identity, RsaKey const& signing, WallTime published,
                             WallTime expires) {
  std::string out = "dir-key-certificate-version 3\n";
  out += "fingerprint " + identity.fingerprint() + "\n";
  out += "dir-key-published " + moment(published) + "\n";
  out += "dir-key-expires " + moment(expires) + "\n";
  out += "dir-identity-key\n" + identity.public_pem();
  out += "dir-signing-key\n" + signing.public_pem();
  // The signing key confirms whose it is, then the identity key signs everything above.
  out += "dir-key-crosscert\n" +
         armored("ID SIGNATURE", signing.sign_digest(identity.public_digest()));
  out += "dir-key-certification\n";
  out += armored("SIGNATURE", identity.sign_digest(sha1(out)));
  return out;
}

Result<CertificateInfo> read_certificate(std::string_view text) {
  auto const identity = value_of(text, "fingerprint");
  auto const expires = value_of(text, "dir-key-expires");
  if (!text.starts_with("dir-key-certificate-version 3\n") || !identity || identity->size() != 40 ||
      !unhex(*identity) || !expires)
    return Error{"this is not a key certificate of a directory authority"};
  auto const end = parse_time(*expires);
  if (!end) return end.error();
  return CertificateInfo{std::string(*identity), *end};
}

}  // namespace perfd::testnet
