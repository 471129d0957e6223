#include "app/experiment_spec.h"

#include "app/cli.h"
#include "base/onion_address.h"
#include "config/words.h"
#include "wire/http/url.h"
#include "wire/ip.h"

namespace perfd::app {

model::Kind kind_of(config::Kind kind) {
  switch (kind) {
    case config::Kind::download:
      return model::Kind::download;
    case config::Kind::upload:
      return model::Kind::upload;
    case config::Kind::page:
      return model::Kind::page;
    case config::Kind::allocation:
      return model::Kind::allocation;
    case config::Kind::resolve:
      return model::Kind::resolve;
  }
  return model::Kind::download;
}

Result<Destination> destination_of_url(std::string const& url, bool for_browser) {
  auto const parsed = wire::http::parse_url(url);
  if (!parsed) return parsed.error();
  if (parsed->scheme == wire::http::Url::Scheme::kHttps && !for_browser)
    return Error{"https:// is measured as a page load alone (kind page): " + url};
  if (auto wrong = onion_problem(parsed->host)) return Error{std::move(*wrong)};
  return Destination{parsed->text(), parsed->host,         parsed->port,
                     parsed->target, parsed->host_field(), false};
}

Destination own_server(std::string host, std::uint16_t port) {
  return Destination{"direct", std::move(host), port, "", "", true};
}

experiments::MeasurementSpec measurement_spec(config::Experiment const& experiment,
                                              Destination const& destination,
                                              std::string const& source) {
  experiments::MeasurementSpec spec;
  spec.kind = kind_of(experiment.kind);
  spec.source = source;
  spec.experiment = experiment.name;
  spec.target = destination.target;
  spec.perfd_version = version();
  spec.host = destination.host;
  spec.port = destination.port;
  spec.path = destination.path;
  if (experiment.kind == config::Kind::page && destination.own_server)
    spec.path = "/page/" + std::string(config::name(experiment.page));
  spec.host_field = destination.host_field;
  spec.own_server = destination.own_server;
  spec.size = experiment.size;
  spec.query = experiment.query;
  spec.reverse = wire::parse_ip(experiment.query).has_value();
  spec.timeout = experiment.timeout;
  spec.optimistic = experiment.optimistic;
  spec.hops = experiment.path.hops;
  spec.fresh_service = experiment.fresh_service;
  return spec;
}

}  // namespace perfd::app
