// Certificates for TLS in a network of one's own: an authority that signs one server's
// certificate and is forgotten, so that whoever trusts it trusts this server alone.
//
// Keys are EC P-256. The server's certificate names hosts and addresses in its SAN
// (RFC 5280 section 4.2.1.6), which is all that a browser looks at, and is for servers only.
// Thread: any; making both takes about a millisecond. Randomness comes from OpenSSL.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace perfd::runtime {

struct ServerCertificate {
  std::string authority_pem;    // what a client has to trust
  std::string certificate_pem;  // the server's own
  std::string key_pem;          // a secret
};

// `names`: host names ("perfd.test", an onion address) and numeric addresses, at least one. Valid
// from a day before `now`, since clocks differ, for a year from `now`. Throws where OpenSSL can't.
[[nodiscard]] Result<ServerCertificate> make_server_certificate(
    std::vector<std::string> const& names, WallTime now);

struct CertificateFiles {
  std::filesystem::path authority;    // tls-authority.pem
  std::filesystem::path certificate;  // tls-server.pem
  std::filesystem::path key;          // tls-server.key, for the owner alone
};
// Writes it into the folder, which must exist, in the place of an older one.
[[nodiscard]] Result<CertificateFiles> write_server_certificate(
    std::filesystem::path const& folder, ServerCertificate const& certificate);

}  // namespace perfd::runtime
