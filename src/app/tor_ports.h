// A tor instance as the experiments' ports see it: its onion services and its chosen paths.
// Thread: the measuring loop's. Ownership: refer to the parts of a tor unit.
#pragma once

#include <string>
#include <utility>

#include "experiments/onion_port.h"
#include "experiments/path_port.h"
#include "tor/chosen_paths.h"
#include "tor/onion_services.h"

namespace perfd::app {

class OnionAdapter final : public experiments::OnionPort {
 public:
  // `suffix` is the end of onion addresses, ".onion".
  OnionAdapter(tor::Instance& instance, tor::OnionServices& services, std::string suffix)
      : instance_(instance), services_(services), suffix_(std::move(suffix)) {}

  [[nodiscard]] bool up() const override;
  [[nodiscard]] std::string name() const override;
  [[nodiscard]] std::string detail() const override;
  runtime::Task<Result<Service>> published(MonoTime until) override;
  runtime::Task<Result<Service>> publish_fresh(MonoTime until) override;
  void withdraw(std::string const& address) override;
  [[nodiscard]] std::optional<model::OnionService> find(std::string const& address) const override;

 private:
  [[nodiscard]] Result<Service> service_of(Result<tor::OnionServices::Published> published) const;

  tor::Instance& instance_;
  tor::OnionServices& services_;
  std::string suffix_;
};

class PathAdapter final : public experiments::PathPort {
 public:
  PathAdapter(tor::Instance& instance, tor::ChosenPaths& paths)
      : instance_(instance), paths_(paths) {}

  runtime::Task<Built> build(std::vector<std::string> hops, std::string username,
                             MonoTime until) override;
  void release(std::string const& username) override;

 private:
  tor::Instance& instance_;
  tor::ChosenPaths& paths_;
};

}  // namespace perfd::app
