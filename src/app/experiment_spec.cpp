#include "app/experiment_spec.h"

#include "app/cli.h"
#include "wire/http/url.h"

namespace perfd::app {

Result<Destination> destination_of_url(std::string const& url) {
  auto const parsed = wire::http::parse_url(url);
  if (!parsed) return parsed.error();
  if (parsed->scheme == wire::http::Url::Scheme::kHttps)
    return Error{"perfd downloads http:// addresses; https is not measured yet: " + url};
  return Destination{parsed->text(), parsed->host,         parsed->port,
                     parsed->target, parsed->host_field(), false};
}

Destination own_server(std::string host, std::uint16_t port) {
  return Destination{"direct", std::move(host), port, "", "", true};
}

experiments::DownloadSpec download_spec(config::Experiment const& experiment,
                                        Destination const& destination, std::string const& source) {
  experiments::DownloadSpec spec;
  spec.source = source;
  spec.experiment = experiment.name;
  spec.target = destination.target;
  spec.perfd_version = version();
  spec.host = destination.host;
  spec.port = destination.port;
  spec.path = destination.path;
  spec.host_field = destination.host_field;
  spec.own_server = destination.own_server;
  spec.size = experiment.size;
  spec.timeout = experiment.timeout;
  spec.optimistic = experiment.optimistic;
  return spec;
}

}  // namespace perfd::app
