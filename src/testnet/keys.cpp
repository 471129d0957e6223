#include "testnet/keys.h"

#include "runtime/files.h"
#include "testnet/certificate.h"

namespace perfd::testnet {
namespace {

constexpr std::size_t kMaxKeyFile = 64 * 1024;
constexpr auto kLifetime = std::chrono::days{365};
constexpr auto kRenewBefore = std::chrono::days{7};

// A relay's identity: tor makes what depends on it (its other keys) itself.
Result<std::string> identity_of(std::filesystem::path const& keys, bool& any_new) {
  auto const file = keys / "secret_id_key";
  if (auto const pem = runtime::read_file(file, kMaxKeyFile)) {
    auto const key = RsaKey::from_pem(*pem);
    if (!key) return Error{file.string() + ": " + key.error().message};
    return success(key->fingerprint());
  }
  auto const key = RsaKey::generate();
  if (auto ok = runtime::write_file(file, key.private_pem(), 0600); !ok) return ok.error();
  any_new = true;
  return success(key.fingerprint());
}

// The signing key and its certificate. The identity key that signed it is needed once a
// year, and a network that old gets a new one: it is not kept.
Result<std::string> v3_identity_of(std::filesystem::path const& keys, WallTime now, bool& any_new) {
  auto const file = keys / "authority_certificate";
  if (auto const text = runtime::read_file(file, kMaxKeyFile)) {
    auto const info = read_certificate(*text);
    if (info && info->expires > now + kRenewBefore) return success(info->v3_identity);
  }
  auto const identity = RsaKey::generate();
  auto const signing = RsaKey::generate();
  auto const certificate =
      make_certificate(identity, signing, now - std::chrono::hours{1}, now + kLifetime);
  if (auto ok = runtime::write_file(keys / "authority_signing_key", signing.private_pem(), 0600);
      !ok)
    return ok.error();
  // Last, because a readable certificate says that all is there.
  if (auto ok = runtime::write_file(file, certificate, 0600); !ok) return ok.error();
  any_new = true;
  return success(identity.fingerprint());
}

}  // namespace

Result<KeysMade> prepare_keys(Plan& plan, WallTime now) {
  KeysMade made;
  for (auto& node : plan.nodes) {
    auto const keys = node.folder / "keys";
    for (auto const& folder : {node.folder, keys})
      if (auto ok = runtime::make_folder(folder, 0700); !ok) return ok.error();
    if (node.is_client()) continue;
    auto fingerprint = identity_of(keys, made.any_new);
    if (!fingerprint) return fingerprint.error();
    node.fingerprint = std::move(*fingerprint);
    if (!node.is_authority()) continue;
    auto identity = v3_identity_of(keys, now, made.any_new);
    if (!identity) return identity.error();
    node.v3_identity = std::move(*identity);
  }
  return made;
}

}  // namespace perfd::testnet
