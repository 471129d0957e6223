// Keys and certificates as files. That tor takes them, the tests with real tors show.
#include "testnet/keys.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "base/time_text.h"
#include "runtime/files.h"
#include "testnet/certificate.h"

namespace perfd::testnet {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

WallTime const kNow = parse_time("2026-11-24T03:37:40Z").value();

TEST(RsaKeyTest, SurvivesBeingWrittenAndRead) {
  auto const key = RsaKey::generate();
  EXPECT_THAT(key.private_pem(), StartsWith("-----BEGIN RSA PRIVATE KEY-----\n"));
  EXPECT_THAT(key.public_pem(), StartsWith("-----BEGIN RSA PUBLIC KEY-----\n"));
  EXPECT_THAT(key.fingerprint(), MatchesRegex("[0-9A-F]{40}"));
  auto const again = RsaKey::from_pem(key.private_pem()).value();
  EXPECT_EQ(again.fingerprint(), key.fingerprint());
  EXPECT_NE(RsaKey::generate().fingerprint(), key.fingerprint());
  // PKCS #1 signatures are deterministic.
  EXPECT_EQ(again.sign_digest(std::string(20, 'd')), key.sign_digest(std::string(20, 'd')));
  EXPECT_EQ(key.sign_digest(std::string(20, 'd')).size(), 128U);
}

TEST(RsaKeyTest, RefusesWhatIsNoKey) {
  auto const pem = RsaKey::generate().private_pem();
  for (auto const& bad : {std::string(), std::string("key"), pem.substr(0, pem.size() / 2),
                          RsaKey::generate().public_pem()})
    EXPECT_FALSE(RsaKey::from_pem(bad));
}

TEST(CertificateTest, NamesTheIdentityAndItsTime) {
  auto const identity = RsaKey::generate();
  auto const signing = RsaKey::generate();
  auto const text = make_certificate(identity, signing, kNow, kNow + std::chrono::hours{24});
  EXPECT_THAT(text,
              StartsWith("dir-key-certificate-version 3\nfingerprint " + identity.fingerprint() +
                         "\ndir-key-published 2026-11-24 03:37:40\n"
                         "dir-key-expires 2026-11-25 03:37:40\n"
                         "dir-identity-key\n" +
                         identity.public_pem() + "dir-signing-key\n" + signing.public_pem() +
                         "dir-key-crosscert\n-----BEGIN ID SIGNATURE-----\n"));
  auto const info = read_certificate(text).value();
  EXPECT_EQ(info.v3_identity, identity.fingerprint());
  EXPECT_EQ(info.expires, kNow + std::chrono::hours{24});
}

TEST(CertificateTest, RefusesWhatIsNone) {
  for (auto const* bad :
       {"", "dir-key-certificate-version 3\n", "fingerprint x\ndir-key-expires 2026-11-25\n",
        "dir-key-certificate-version 3\nfingerprint AB\ndir-key-expires 2026-11-25 03:37:40\n"})
    EXPECT_FALSE(read_certificate(bad)) << bad;
}

class KeysTest : public testing::Test {
 protected:
  KeysTest() : folder_(runtime::make_temporary_folder("perfd-test").value()) {}
  ~KeysTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] Plan plan() const {
    NetworkSpec spec;
    spec.folder = folder_;
    spec.clients = 1;
    return make_plan(spec).value();
  }
  std::filesystem::path folder_;
};

TEST_F(KeysTest, AreMadeOnceAndThenKept) {
  auto first = plan();
  EXPECT_TRUE(prepare_keys(first, kNow).value().any_new);
  for (auto const& node : first.nodes) {
    if (node.is_client()) {
      EXPECT_EQ(node.fingerprint, "");
      continue;
    }
    EXPECT_THAT(node.fingerprint, MatchesRegex("[0-9A-F]{40}")) << node.nickname;
    EXPECT_EQ(node.v3_identity.size(), node.is_authority() ? 40U : 0U);
    auto const keys = node.folder / "keys";
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(keys).permissions(), perms::owner_all);
    EXPECT_EQ(std::filesystem::status(keys / "secret_id_key").permissions(),
              perms::owner_read | perms::owner_write);
  }
  auto second = plan();
  EXPECT_FALSE(prepare_keys(second, kNow).value().any_new);
  for (std::size_t i = 0; i < first.nodes.size(); ++i)
    EXPECT_EQ(second.nodes[i].fingerprint, first.nodes[i].fingerprint);
  EXPECT_EQ(second.nodes[0].v3_identity, first.nodes[0].v3_identity);
}

TEST_F(KeysTest, ACertificateThatEndsWithinAWeekIsRenewed) {
  auto first = plan();
  ASSERT_TRUE(prepare_keys(first, kNow));
  auto later = plan();
  EXPECT_FALSE(prepare_keys(later, kNow + std::chrono::days{357}).value().any_new);
  EXPECT_TRUE(prepare_keys(later, kNow + std::chrono::days{359}).value().any_new);
  EXPECT_EQ(later.nodes[0].fingerprint, first.nodes[0].fingerprint);
  EXPECT_NE(later.nodes[0].v3_identity, first.nodes[0].v3_identity);
}

TEST_F(KeysTest, ADamagedKeyIsNamed) {
  auto first = plan();
  ASSERT_TRUE(prepare_keys(first, kNow));
  auto const file = first.nodes[2].folder / "keys" / "secret_id_key";
  runtime::write_file(file, "damaged").value();
  auto again = plan();
  auto const made = prepare_keys(again, kNow);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr(file.string()));
}

}  // namespace
}  // namespace perfd::testnet
