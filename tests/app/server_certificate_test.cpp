#include "app/server_certificate.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "runtime/certificate.h"
#include "runtime/clock.h"
#include "runtime/files.h"

namespace perfd::app {
namespace {

using testing::HasSubstr;

class ServerCertificateTest : public testing::Test {
 protected:
  ~ServerCertificateTest() override { std::filesystem::remove_all(folder_); }
  // Files as an authority writes them, of a certificate made so long ago.
  config::Server with_files(std::chrono::days age = {}) {
    auto const made =
        runtime::make_server_certificate({"a.example"}, runtime::wall_now() - age).value();
    config::Server out;
    out.certificate = (folder_ / "fullchain.pem").string();
    out.key = (folder_ / "privkey.pem").string();
    EXPECT_TRUE(runtime::write_file(*out.certificate, made.certificate_pem));
    EXPECT_TRUE(runtime::write_file(*out.key, made.key_pem));
    return out;
  }
  std::filesystem::path const folder_ = runtime::make_temporary_folder("perfd-tls").value();
};

TEST_F(ServerCertificateTest, OfNoFilesIsMadeForThePublicHostAndKept) {
  config::Server server;
  server.public_host = "perfd.example";
  ServerCertificate certificate(server, folder_ / "tls");
  ASSERT_TRUE(certificate.load().has_value());
  EXPECT_TRUE(certificate.own());
  for (auto const* file : {"tls-authority.pem", "tls-server.pem", "tls-server.key"})
    EXPECT_TRUE(std::filesystem::exists(folder_ / "tls" / file)) << file;
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(folder_ / "tls" / "tls-server.key").permissions() &
                (perms::group_all | perms::others_all),
            perms::none);
  auto const renewed = certificate.renew();
  ASSERT_TRUE(renewed.has_value());
  EXPECT_FALSE(renewed->has_value()) << "it has a year left";
}

TEST_F(ServerCertificateTest, FilesThatWereRenewedAreTakenOver) {
  ServerCertificate certificate(with_files(std::chrono::days{300}), {});
  auto const first = certificate.load();
  ASSERT_TRUE(first.has_value()) << first.error().message;
  EXPECT_FALSE(certificate.own());
  EXPECT_FALSE(certificate.renew().value().has_value()) << "the files are as they were";
  with_files();
  auto const second = certificate.renew().value();
  ASSERT_TRUE(second.has_value());
  EXPECT_GT(second->expires(), first->expires());
  EXPECT_FALSE(certificate.renew().value().has_value());
}

TEST_F(ServerCertificateTest, WhatIsWrongWithFilesIsToldWithTheirSetting) {
  auto server = with_files();
  std::filesystem::remove(*server.key);
  EXPECT_THAT(ServerCertificate(server, {}).load().error().message,
              AllOf(HasSubstr("[server] key: "), HasSubstr("privkey.pem"), HasSubstr("readable")));
  // A key of another certificate.
  auto const other = runtime::make_server_certificate({"b.example"}, runtime::wall_now()).value();
  ASSERT_TRUE(runtime::write_file(*server.key, other.key_pem));
  EXPECT_THAT(ServerCertificate(server, {}).load().error().message,
              AllOf(HasSubstr("[server] certificate "), HasSubstr("fullchain.pem")));
  ASSERT_TRUE(runtime::write_file(*server.certificate, "no PEM"));
  EXPECT_FALSE(ServerCertificate(server, {}).load().has_value());
}

TEST_F(ServerCertificateTest, ARenewalThatFailsLeavesTheOldOneInForce) {
  auto const server = with_files();
  ServerCertificate certificate(server, {});
  ASSERT_TRUE(certificate.load().has_value());
  ASSERT_TRUE(runtime::write_file(*server.certificate, "half a fi"));
  EXPECT_FALSE(certificate.renew().has_value());
  with_files();
  EXPECT_TRUE(certificate.renew().value().has_value());
}

}  // namespace
}  // namespace perfd::app
