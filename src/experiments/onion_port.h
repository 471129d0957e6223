// The port to the tor that offers perfd's own onion service.
// Thread: the measuring loop's. app adapts it to a tor instance.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "model/onion.h"
#include "runtime/task.h"

namespace perfd::experiments {

class OnionPort {
 public:
  struct Service {
    std::string address;  // without suffix
    std::string host;     // with it, as a client asks for it
    model::OnionService service;
  };

  virtual ~OnionPort() = default;
  // The tor runs and can be asked for services.
  [[nodiscard]] virtual bool up() const = 0;
  // For a person: "tor.host, which offers the service", and why it is not up.
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::string detail() const = 0;
  // The service that is kept, or a new one for one measurement, once a directory has its
  // descriptor. The error tells how far it came until then.
  virtual runtime::Task<Result<Service>> published(MonoTime until) = 0;
  virtual runtime::Task<Result<Service>> publish_fresh(MonoTime until) = 0;
  // A new one. Waits for nothing.
  virtual void withdraw(std::string const& address) = 0;
  // As it is now; nothing where tor has lost it.
  [[nodiscard]] virtual std::optional<model::OnionService> find(
      std::string const& address) const = 0;
};

}  // namespace perfd::experiments
