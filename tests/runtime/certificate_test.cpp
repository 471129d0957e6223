#include "runtime/certificate.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "runtime/clock.h"
#include "runtime/files.h"
#include "runtime/tls.h"

namespace perfd::runtime {
namespace {

std::shared_ptr<X509> parse(std::string const& pem) {
  std::unique_ptr<BIO, decltype(&BIO_free)> const reader(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  return {PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr), X509_free};
}

bool valid_at(X509 const* certificate, WallTime time) {
  auto at = static_cast<time_t>(to_us(time) / 1'000'000);
  return X509_cmp_time(X509_get0_notBefore(certificate), &at) < 0 &&
         X509_cmp_time(X509_get0_notAfter(certificate), &at) > 0;
}

TEST(Certificate, IsForItsServerAloneAndForAYear) {
  auto const now = wall_now();
  auto const made = make_server_certificate({"perfd.test", "::1"}, now).value();
  auto const authority = parse(made.authority_pem);
  auto const server = parse(made.certificate_pem);
  ASSERT_TRUE(authority && server);
  EXPECT_EQ(X509_check_ca(authority.get()), 1);
  EXPECT_EQ(X509_check_ca(server.get()), 0);
  EXPECT_EQ(X509_verify(server.get(), X509_get0_pubkey(authority.get())), 1);
  EXPECT_EQ(X509_check_purpose(server.get(), X509_PURPOSE_SSL_SERVER, 0), 1);
  EXPECT_EQ(X509_check_purpose(server.get(), X509_PURPOSE_SSL_CLIENT, 0), 0);
  EXPECT_EQ(X509_check_host(server.get(), "perfd.test", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(server.get(), "www.perfd.test", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "::1", 0), 1);
  for (auto const* one : {authority.get(), server.get()}) {
    EXPECT_TRUE(valid_at(one, now));
    EXPECT_TRUE(valid_at(one, now + std::chrono::days{364}));
    EXPECT_FALSE(valid_at(one, now + std::chrono::days{366}));
    EXPECT_FALSE(valid_at(one, now - std::chrono::days{2}));
  }
}

TEST(Certificate, EachIsAnother) {
  auto const first = make_server_certificate({"a.test"}, wall_now()).value();
  auto const second = make_server_certificate({"a.test"}, wall_now()).value();
  EXPECT_NE(ASN1_INTEGER_cmp(X509_get0_serialNumber(parse(first.certificate_pem).get()),
                             X509_get0_serialNumber(parse(second.certificate_pem).get())),
            0);
  EXPECT_FALSE(TlsContext::create(first.certificate_pem, second.key_pem).has_value());
  EXPECT_TRUE(
      TlsContext::create(first.certificate_pem + first.authority_pem, first.key_pem).has_value());
}

TEST(Certificate, WhatIsNoNameIsRefused) {
  EXPECT_FALSE(make_server_certificate({}, wall_now()).has_value());
  for (auto const* name : {"", "a.test,DNS:b.test", "two words", "\n"})
    EXPECT_FALSE(make_server_certificate({name}, wall_now()).has_value()) << name;
}

TEST(Certificate, WhatIsNoPemIsAnError) {
  EXPECT_FALSE(TlsContext::create("", "").has_value());
  EXPECT_FALSE(TlsContext::create("nonsense", "nonsense").has_value());
}

TEST(Certificate, TheKeyOnDiskIsForTheOwnerAlone) {
  auto const folder = make_temporary_folder("perfd-test").value();
  auto const made = make_server_certificate({"a.test"}, wall_now()).value();
  auto const files = write_server_certificate(folder, made).value();
  struct stat about {};
  ASSERT_EQ(::stat(files.key.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  EXPECT_EQ(read_file(files.key, 10000).value(), made.key_pem);
  EXPECT_EQ(read_file(files.certificate, 10000).value(), made.certificate_pem);
  EXPECT_EQ(read_file(files.authority, 10000).value(), made.authority_pem);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace perfd::runtime
