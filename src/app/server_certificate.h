// The certificate of the measurement server's https: the configuration's, or one that perfd makes.
// Whoever issued the first renews its files, and perfd renews its own, while perfd runs.
// Thread: the measuring loop's. Reads and writes small files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "config/settings.h"
#include "runtime/tls.h"

namespace perfd::app {

class ServerCertificate {
 public:
  // `folder` is for perfd's own: a client that is to trust it finds tls-authority.pem there.
  ServerCertificate(config::Server const& server, std::filesystem::path folder);

  // Errors name the setting and the file.
  [[nodiscard]] Result<runtime::TlsContext> load();
  // Another one where there is one by now. REQUIRES: load() gave one.
  [[nodiscard]] Result<std::optional<runtime::TlsContext>> renew();

  // No browser knows who signed it.
  [[nodiscard]] bool own() const { return !certificate_; }

 private:
  struct Pem {
    std::string certificate, key;
    friend bool operator==(Pem const&, Pem const&) = default;
  };
  [[nodiscard]] Result<Pem> read() const;
  [[nodiscard]] Result<Pem> make() const;
  [[nodiscard]] Result<runtime::TlsContext> take(Pem pem);

  std::optional<std::string> certificate_, key_;  // files
  std::string host_;
  std::filesystem::path folder_;
  Pem pem_;
  WallTime ends_{};
};

}  // namespace perfd::app
