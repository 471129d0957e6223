// The keys of [probe.NAME].
#include <chrono>

#include "config/definition.h"
#include "config/key_builder.h"
#include "config/limits.h"

namespace perfd::config {

using namespace std::chrono_literals;

NamedSection<Probe> probe_section() {
  return {
      "probe",
      "How `/probe?module=NAME&target=…` fetches what Prometheus, or whoever has the token, asks "
      "for (docs/metrics.md).",
      &Settings::probes,
      {key(&Probe::kind,
           {.name = "kind",
            .about = "One download over http, or a page load in the browser, over http or https."}),
       key(&Probe::timeout,
           {.name = "timeout",
            .about = "Deadline of a probe; that of Prometheus' own scrape holds, too.",
            .limit = between(Micros{1s}, Micros{10min})}),
       key(&Probe::tor,
           {.name = "tor",
            .about = "Name of the tor instance, where the request names none. One that "
                     "no experiment uses keeps probes from measurements.",
            .default_text = "`\"default\"`, or the only one",
            .derive = [](Settings const& settings,
                         Probe const&) { return default_tor(settings); }}),
       key(&Probe::hosts,
           {.name = "hosts",
            .about = "Hosts that may be fetched from: `\"example.org\"`, `\"*.example.org\"` for "
                     "all below it, `\"*\"` for all. Hosts of this machine and of private networks "
                     "are fetched from only where they are named themselves.",
            .limit = {check_probe_hosts, "1 to 256"}}),
       key(&Probe::at_once, {.name = "at-once",
                             .about = "How many of them run at a time; more are refused.",
                             .limit = between(1, 64)})}};
}

}  // namespace perfd::config
