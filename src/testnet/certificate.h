// RSA keys as tor wants them, and the certificate that makes a signing key an
// authority's (dir-spec, "Creating key certificates").
//
// 1024 bits are what tor uses for relay identities; for an authority's keys they are a
// choice of a network that lives for hours and holds nothing.
// Thread: any. Randomness comes from OpenSSL.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

struct evp_pkey_st;

namespace perfd::testnet {

class RsaKey {
 public:
  [[nodiscard]] static RsaKey generate();  // throws where OpenSSL can't
  [[nodiscard]] static Result<RsaKey> from_pem(std::string_view pem);

  [[nodiscard]] std::string private_pem() const;  // "BEGIN RSA PRIVATE KEY"; a secret
  [[nodiscard]] std::string public_pem() const;   // "BEGIN RSA PUBLIC KEY"
  // SHA-1 of the public key (PKCS #1, DER): 40 hex digits in upper case.
  [[nodiscard]] std::string fingerprint() const;
  // The raw digest signed with PKCS #1 padding and no digest info, as tor signs.
  [[nodiscard]] std::string sign_digest(std::string_view digest) const;
  [[nodiscard]] std::string public_digest() const;  // 20 raw bytes

 private:
  explicit RsaKey(evp_pkey_st* key);
  std::shared_ptr<evp_pkey_st> key_;
};

// The file authority_certificate. It names no address: one that differs from a later torrc's
// would win over it.
[[nodiscard]] std::string make_certificate(RsaKey const& identity, RsaKey const& signing,
                                           WallTime published, WallTime expires);

struct CertificateInfo {
  std::string v3_identity;  // 40 hex digits
  WallTime expires;
};
[[nodiscard]] Result<CertificateInfo> read_certificate(std::string_view text);

}  // namespace perfd::testnet
