#include "runtime/certificate.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "base/text.h"
#include "runtime/address.h"
#include "runtime/files.h"
#include "runtime/random.h"

namespace perfd::runtime {
namespace {

struct PutAway {
  void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { ::X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { ::X509_EXTENSION_free(extension); }
  void operator()(BIO* bio) const { ::BIO_free(bio); }
  void operator()(BIGNUM* number) const { ::BN_free(number); }
};
using Key = std::unique_ptr<EVP_PKEY, PutAway>;
using Certificate = std::unique_ptr<X509, PutAway>;

constexpr auto kBefore = std::chrono::days{1};
constexpr auto kValid = std::chrono::days{365};

void must(bool done, char const* what) {
  if (!done) throw std::runtime_error(std::string("OpenSSL can't ") + what);
}

Key make_key() {
  Key key(::EVP_EC_gen("P-256"));
  must(key != nullptr, "make a key");
  return key;
}

// 127 random bits: positive, and never the same twice (RFC 5280 section 4.1.2.2).
void set_serial(X509* certificate) {
  std::array<std::byte, 16> bytes;
  fill_random(bytes);
  bytes[0] &= std::byte{0x7F};
  std::unique_ptr<BIGNUM, PutAway> const number(
      ::BN_bin2bn(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(), nullptr));
  must(number && ::BN_to_ASN1_INTEGER(number.get(), ::X509_get_serialNumber(certificate)),
       "set a serial number");
}

time_t seconds(WallTime time) {
  return static_cast<time_t>(
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

void add_extension(X509* certificate, X509* issuer, int kind, std::string const& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  ::X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, PutAway> const extension(
      ::X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  must(extension && ::X509_add_ext(certificate, extension.get(), -1) == 1,
       "add an extension to a certificate");
}

// Version 3, with names, dates and key, and without extensions and signature. `issuer` is null
// for one that signs itself.
Certificate begin_certificate(EVP_PKEY* key, std::string const& common_name, X509* issuer,
                              WallTime now) {
  Certificate out(::X509_new());
  must(out && ::X509_set_version(out.get(), 2) == 1 && ::X509_set_pubkey(out.get(), key) == 1 &&
           ::ASN1_TIME_set(::X509_getm_notBefore(out.get()), seconds(now - kBefore)) &&
           ::ASN1_TIME_set(::X509_getm_notAfter(out.get()), seconds(now + kValid)),
       "begin a certificate");
  set_serial(out.get());
  auto* const name = ::X509_get_subject_name(out.get());
  must(::X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                    reinterpret_cast<unsigned char const*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1 &&
           ::X509_set_issuer_name(out.get(),
                                  issuer == nullptr ? name : ::X509_get_subject_name(issuer)) == 1,
       "name a certificate");
  return out;
}

void sign(X509* certificate, EVP_PKEY* key) {
  must(::X509_sign(certificate, key, ::EVP_sha256()) > 0, "sign a certificate");
}

template <class Write>
std::string to_pem(Write write) {
  std::unique_ptr<BIO, PutAway> const memory(::BIO_new(::BIO_s_mem()));
  must(memory && write(memory.get()) == 1, "write PEM");
  char* data = nullptr;
  auto const size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

// "DNS:perfd.test,IP:127.0.0.1". Only what can't be taken for more than a name gets in.
Result<std::string> alternative_names(std::vector<std::string> const& names) {
  std::string out;
  for (auto const& name : names) {
    constexpr std::string_view kNameLetters =
        "abcdefghijklmnopqrstuvwxyz0123456789.-ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    bool const numeric = Address::numeric(name, 0).has_value();
    if (!numeric && (name.empty() || name.find_first_not_of(kNameLetters) != name.npos))
      return Error{"'" + printable(name) + "' is no name for a certificate"};
    if (!out.empty()) out += ',';
    out += (numeric ? "IP:" : "DNS:") + name;
  }
  if (out.empty()) return Error{"a certificate needs a name"};
  return success(std::move(out));
}

}  // namespace

Result<ServerCertificate> make_server_certificate(std::vector<std::string> const& names,
                                                  WallTime now) {
  auto const alternative = alternative_names(names);
  if (!alternative) return alternative.error();

  auto const authority_key = make_key();
  auto const authority =
      begin_certificate(authority_key.get(), "perfd private network", nullptr, now);
  auto* const ca = authority.get();
  add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(ca, ca, NID_key_usage, "critical,keyCertSign");
  add_extension(ca, ca, NID_subject_key_identifier, "hash");
  sign(ca, authority_key.get());

  auto const key = make_key();
  auto const server = begin_certificate(key.get(), "perfd measurement server", ca, now);
  add_extension(server.get(), ca, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(server.get(), ca, NID_key_usage, "critical,digitalSignature");
  add_extension(server.get(), ca, NID_ext_key_usage, "serverAuth");
  add_extension(server.get(), ca, NID_subject_key_identifier, "hash");
  add_extension(server.get(), ca, NID_authority_key_identifier, "keyid");
  add_extension(server.get(), ca, NID_subject_alt_name, *alternative);
  sign(server.get(), authority_key.get());

  auto const certificate_pem = [](X509* certificate) {
    return to_pem([&](BIO* out) { return ::PEM_write_bio_X509(out, certificate); });
  };
  return ServerCertificate{
      certificate_pem(ca), certificate_pem(server.get()), to_pem([&](BIO* out) {
        return ::PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
      })};
}

Result<CertificateFiles> write_server_certificate(std::filesystem::path const& folder,
                                                  ServerCertificate const& certificate) {
  CertificateFiles files{folder / "tls-authority.pem", folder / "tls-server.pem",
                         folder / "tls-server.key"};
  if (auto ok = write_file(files.key, certificate.key_pem, 0600); !ok) return ok.error();
  if (auto ok = write_file(files.certificate, certificate.certificate_pem); !ok) return ok.error();
  if (auto ok = write_file(files.authority, certificate.authority_pem); !ok) return ok.error();
  return files;
}

}  // namespace perfd::runtime
