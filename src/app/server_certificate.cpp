#include "app/server_certificate.h"

#include <utility>

#include "app/log.h"
#include "base/time_text.h"
#include "runtime/certificate.h"
#include "runtime/clock.h"
#include "runtime/files.h"

namespace perfd::app {
namespace {

constexpr std::size_t kPemLimit = 1 << 20;
// perfd's own is renewed so long before its end; at that of others it is time to worry.
constexpr auto kOwnRenewal = std::chrono::days{30};
constexpr auto kWorry = std::chrono::days{10};

}  // namespace

ServerCertificate::ServerCertificate(config::Server const& server, std::filesystem::path folder)
    : certificate_(server.certificate),
      key_(server.key),
      host_(server.public_host.empty() ? "localhost" : server.public_host),
      folder_(std::move(folder)) {}

Result<ServerCertificate::Pem> ServerCertificate::read() const {
  auto certificate = runtime::read_file(*certificate_, kPemLimit);
  if (!certificate) return Error{"[server] certificate: " + certificate.error().message};
  auto key = runtime::read_file(*key_, kPemLimit);
  if (!key)
    return Error{"[server] key: " + key.error().message +
                 " (it must be readable for the user that perfd runs as)"};
  return Pem{std::move(*certificate), std::move(*key)};
}

Result<ServerCertificate::Pem> ServerCertificate::make() const {
  auto made = runtime::make_server_certificate({host_}, runtime::wall_now());
  if (!made) return Error{"[server] public-host: " + made.error().message};
  if (auto const ready = runtime::make_folder(folder_, 0700); !ready) return ready.error();
  if (auto const kept = runtime::write_server_certificate(folder_, *made); !kept)
    return kept.error();
  return Pem{std::move(made->certificate_pem), std::move(made->key_pem)};
}

Result<runtime::TlsContext> ServerCertificate::take(Pem pem) {
  auto context = runtime::TlsContext::create(pem.certificate, pem.key);
  if (!context) {
    auto const where = own() ? folder_.string() : *certificate_ + " with " + *key_;
    return Error{"[server] certificate " + where + ": " + context.error().message};
  }
  pem_ = std::move(pem);
  ends_ = context->expires();
  return context;
}

Result<runtime::TlsContext> ServerCertificate::load() {
  auto pem = own() ? make() : read();
  if (!pem) return pem.error();
  return take(std::move(*pem));
}

Result<std::optional<runtime::TlsContext>> ServerCertificate::renew() {
  using Renewed = std::optional<runtime::TlsContext>;
  auto const left = ends_ - runtime::wall_now();
  if (own() && left > kOwnRenewal) return Renewed{};
  auto pem = own() ? make() : read();
  if (!pem) return pem.error();
  if (*pem == pem_) {
    if (left < kWorry)
      log::warning("certificate-ends",
                   {{"certificate", *certificate_}, {"at", format_iso_seconds(ends_)}});
    return Renewed{};
  }
  auto context = take(std::move(*pem));
  if (!context) return context.error();
  return Renewed{std::move(*context)};
}

}  // namespace perfd::app
