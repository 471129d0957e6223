#include "app/tor_ports.h"

namespace perfd::app {

using runtime::Task;

bool OnionAdapter::up() const { return services_.up(); }

std::string OnionAdapter::name() const {
  return "tor." + instance_.name() + ", which offers the service";
}

std::string OnionAdapter::detail() const {
  auto const why =
      instance_.detail().empty() ? std::string(tor::name(instance_.state())) : instance_.detail();
  return name() + ": " + why;
}

Result<experiments::OnionPort::Service> OnionAdapter::service_of(
    Result<tor::OnionServices::Published> published) const {
  if (published.has_error()) return published.error();
  return Service{published->address, published->address + suffix_, std::move(published->service)};
}

Task<Result<experiments::OnionPort::Service>> OnionAdapter::published(MonoTime until) {
  auto published = co_await services_.published(until);
  co_return service_of(std::move(published));
}

Task<Result<experiments::OnionPort::Service>> OnionAdapter::publish_fresh(MonoTime until) {
  auto published = co_await services_.publish_fresh(until);
  co_return service_of(std::move(published));
}

void OnionAdapter::withdraw(std::string const& address) { services_.withdraw(address); }

std::optional<model::OnionService> OnionAdapter::find(std::string const& address) const {
  return services_.find(address);
}

Task<experiments::PathPort::Built> PathAdapter::build(std::vector<std::string> hops,
                                                      std::string username, MonoTime until) {
  auto built = co_await paths_.build(std::move(hops), std::move(username), until);
  Built out;
  out.problem = std::move(built.problem);
  out.control = built.control;
  if (built.circuit) out.circuit = instance_.tracker().circuit(*built.circuit);
  co_return out;
}

void PathAdapter::release(std::string const& username) { paths_.release(username); }

}  // namespace perfd::app
