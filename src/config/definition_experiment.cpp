// The keys of [experiment.NAME], and what they default to; those of its arms are in arms.cpp.
#include <algorithm>
#include <chrono>
#include <string>

#include "config/definition.h"
#include "config/key_builder.h"
#include "config/limits.h"

namespace perfd::config {

using namespace std::chrono_literals;

NamedSection<Experiment> experiment_section() {
  constexpr auto kLive = Change::live;
  auto const not_allocation = [](Experiment const& e) { return e.kind != Kind::allocation; };
  auto const not_page = [](Experiment const& e) { return e.kind != Kind::page; };
  auto const no_built_in = [](Experiment const& e) {
    return e.kind != Kind::page || e.target.kind == TargetKind::url || !e.urls.empty();
  };
  return {
      "experiment",
      "A kind of measurement and its schedule. Without any, there are three downloads: 50 KiB "
      "every 5 min, 1 MiB every 30 min and 5 MiB every hour.",
      &Settings::experiments,
      {key(&Experiment::kind, {.name = "kind", .about = "What is measured.", .change = kLive}),
       key(&Experiment::target,
           {.name = "target",
            .about = "The other end: perfd's own server through an exit (`\"direct\"`), as an "
                     "onion service, or any server.",
            .change = kLive,
            .limit = {check_target, {}},
            .omit = [](Experiment const& e) { return !e.urls.empty(); }}),
       key(&Experiment::size,
           {.name = "size",
            .about = "Payload. Required for uploads, the page `form` among them, and for downloads "
                     "from perfd's own server; a server of somebody else's decides itself what it "
                     "sends.",
            .change = kLive,
            .default_text = "required, but for downloads from a URL and pages",

            .limit = between(Bytes{1}, Bytes{1LL << 40}),
            .omit = [](Experiment const& e) { return e.size.count == 0; }}),
       key(&Experiment::query,
           {.name = "query",
            .about = "With `kind = \"resolve\"`: the name that an exit shall look up, or the "
                     "numeric address whose name it shall look up.",
            .change = kLive,
            .default_text = "required for `resolve`",
            .limit = {check_host, {}},
            .omit = [](Experiment const& e) { return e.query.empty(); }}),
       key(&Experiment::every, {.name = "every",
                                .about = "Time between two slots, or the mean of it.",
                                .change = kLive,
                                .required = true,
                                .limit = between(Micros{1s}, Micros{24h * 366})}),
       key(&Experiment::timeout,
           {.name = "timeout",
            .about = "Deadline of the whole measurement. Longer than `every` only with `overlap`.",
            .change = kLive,
            .default_text = "`every` less 5 s, and at least half of it",
            .limit = between(Micros{100ms}, Micros{24h * 7}),
            .derive = [](Settings const&,
                         Experiment const& e) { return default_timeout(e.every); }}),
       key(&Experiment::start_delay,
           {.name = "start-delay",
            .about = "Slots are at the multiples of `every` since 1970 in UTC plus this.",
            .change = kLive,
            .limit = between(Micros{0}, Micros{24h * 366})}),
       key(&Experiment::spread,
           {.name = "spread",
            .about = "When within an interval: always at its slot, up to `jitter` after it, or at "
                     "random with `every` as the mean interval.",
            .change = kLive}),
       key(&Experiment::jitter,
           {.name = "jitter",
            .about = "The most that a slot is moved, with `spread = \"jitter\"`.",
            .change = kLive,
            .default_text = "not set",
            .limit = between(Micros{1ms}, Micros{24h * 366}),
            .omit = [](Experiment const& e) { return e.jitter.count() == 0; }}),
       key(&Experiment::tor, {.name = "tor",
                              .about = "Name of the tor instance.",
                              .change = kLive,
                              .default_text = "`\"default\"`, or the only one",
                              .derive = [](Settings const& settings,
                                           Experiment const&) { return default_tor(settings); }}),
       key(&Experiment::overlap,
           {.name = "overlap",
            .about = "Whether it may run beside other measurements of the same tor instance.",
            .change = kLive}),
       key(&Experiment::optimistic, {.name = "optimistic",
                                     .about = "Send the request before the SOCKS reply has come.",
                                     .change = kLive}),
       key(&Experiment::circuit,
           {.name = "circuit",
            .about = "A circuit of its own for each measurement, or circuits that all "
                     "measurements of the experiment may share, as tor sees fit.",
            .change = kLive}),
       key(&Experiment::path,
           {.name = "path",
            .about = "The hops from guard to exit, if tor shall not choose: perfd builds the "
                     "circuit and attaches its stream, and nothing else's, to it.",
            .change = kLive,
            .default_text = "tor's choice",
            .limit = {check_path, {}},
            .omit = [](Experiment const& e) { return e.path.empty(); }}),
       key(&Experiment::service,
           {.name = "service",
            .about = "With an onion target: the tor instance that offers the service.",
            .change = kLive,
            .default_text = "that of `tor` for `onion`; the one with `single-onion = true` for "
                            "`single-onion`",
            .omit = [](Experiment const& e) { return e.service.empty(); }}),
       key(&Experiment::fresh_service,
           {.name = "fresh-service",
            .about = "With an onion target: each measurement publishes a service with a new "
                     "address first, so that the time to its first reachability is measured.",
            .change = kLive}),
       key(&Experiment::learned_timeout,
           {.name = "learned-timeout",
            .about = "Measure only once tor has learned its circuit build time-out, which takes a "
                     "hundred circuits. Slots before that become records of missed slots.",
            .change = kLive}),
       key(&Experiment::requests,
           {.name = "requests",
            .about = "With `kind = \"allocation\"`: how many streams a series has.",
            .change = kLive,
            .limit = between(1, 1000),
            .omit = not_allocation}),
       key(&Experiment::at_once,
           {.name = "at-once",
            .about = "With `kind = \"allocation\"`: all requests begin together, in place of one "
                     "after the other.",
            .change = kLive,
            .omit = not_allocation}),
       key(&Experiment::pause,
           {.name = "pause",
            .about = "With `kind = \"allocation\"`: time between the end of one request and the "
                     "start of the next. tor takes no new streams onto a circuit that is older "
                     "than its MaxCircuitDirtiness, 10 minutes from its first use.",
            .change = kLive,
            .limit = between(Micros{0}, Micros{24h}),
            .omit = not_allocation}),
       key(&Experiment::isolation,
           {.name = "isolation",
            .about = "With `kind = \"allocation\"`: whether the streams have the same SOCKS "
                     "credentials, credentials of their own each, or the same ones but come by "
                     "the tor's SOCKS ports in turn.",
            .change = kLive,
            .omit = not_allocation}),
       key(&Experiment::page,
           {.name = "page",
            .about = "With `kind = \"page\"`: which page of perfd's own server, one like the "
                     "median web page, a small one, or one that uploads `size` bytes.",
            .change = kLive,
            .omit = no_built_in}),
       key(&Experiment::https,
           {.name = "https",
            .about = "With `kind = \"page\"`: load it over TLS, from `server.listen-tls`.",
            .change = kLive,
            .omit = no_built_in}),
       key(&Experiment::urls,
           {.name = "urls",
            .about =
                "With `kind = \"page\"`, in place of `target`: a list of pages that are loaded "
                "in turn. A file, which is read again when it changes, or an address from "
                "which it is fetched through the experiment's tor once a day. Each line is a "
                "URL, a domain, or a rank and a domain (`1,example.org`), as in CSV lists of "
                "top sites.",
            .change = kLive,
            .default_text = "not set",
            .limit = {check_urls, {}},
            .omit = [](Experiment const& e) { return e.urls.empty(); }}),
       key(&Experiment::urls_top, {.name = "urls-top",
                                   .about = "How many pages of the list, from the first.",
                                   .change = kLive,
                                   .limit = between(1, 10'000),
                                   .omit = [](Experiment const& e) { return e.urls.empty(); }}),
       key(&Experiment::screenshot,
           {.name = "screenshot",
            .about = "With `kind = \"page\"`: keep a picture of what is seen at the end.",
            .change = kLive,
            .omit = not_page}),
       key(&Experiment::arms,
           {.name = "arms",
            .about = "Variants of an A/B experiment: a table for each arm, with its own `tor`, "
                     "`target`, `optimistic`, `circuit`, `path` or `https`.",
            .change = kLive,
            .default_text = "not set"}),
       key(&Experiment::order,
           {.name = "order",
            .about = "Arms one after the other at random in balanced blocks, or side by side.",
            .change = kLive,
            .omit = [](Experiment const& e) { return e.arms.empty(); }})}};
}

std::string default_tor(Settings const& settings) {
  for (auto const& tor : settings.tors)
    if (tor.name == "default") return tor.name;
  return settings.tors.size() == 1 ? settings.tors.front().name : std::string();
}

Micros default_timeout(Micros every) {
  return std::max(every - Micros{5s}, std::max(every / 2, Micros{100ms}));
}

}  // namespace perfd::config
