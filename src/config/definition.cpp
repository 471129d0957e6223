#include "config/definition.h"

#include <algorithm>
#include <chrono>

#include "config/key_builder.h"
#include "config/limits.h"

namespace perfd::config {
namespace {

using namespace std::chrono_literals;

Section<Vantage> vantage_section() {
  return {"vantage",
          "The vantage point: this perfd, as results name it.",
          &Settings::vantage,
          {key(&Vantage::name,
               {.name = "name",
                .about = "SOURCE in all results. Letters, digits, `.`, `_` and `-`, as it becomes "
                         "part of file names.",
                .required = true,
                .limit = {check_name, "1 to 64 characters"}})}};
}

Section<Server> server_section() {
  return {
      "server",
      "The measurement server, which is what the other end of the circuit connects to.",
      &Settings::server,
      {key(&Server::listen, {.name = "listen",
                             .about = "Addresses to listen on. Port 0 lets the system choose.",
                             .limit = {check_listen, "1 to 16"}}),
       key(&Server::public_host,
           {.name = "public-host",
            .about = "Name or address under which an exit reaches the first of them. Needed by "
                     "experiments with the target `direct` when the server listens on all "
                     "addresses.",
            .default_text = "the first address of `listen`, unless that is any address",
            .limit = {check_host, {}},
            .derive =
                [](Settings const&, Server const& server) {
                  bool const usable = !server.listen.empty() && !is_wildcard(server.listen[0]);
                  return usable ? server.listen[0].address : std::string();
                },
            .omit = [](Server const& server) { return server.public_host.empty(); }}),
       key(&Server::public_port,
           {.name = "public-port",
            .about = "Port under which an exit reaches it, where a router or a firewall maps "
                     "another one.",
            .default_text = "the port of the first address of `listen`",
            .derive =
                [](Settings const&, Server const& server) {
                  return server.listen.empty() ? std::uint16_t{0} : server.listen[0].port;
                }}),
       key(&Server::user,
           {.name = "user",
            .about = "Account that perfd drops to for good once the addresses are bound. Needs a "
                     "start as root.",
            .limit = {check_account, {}}}),
       key(&Server::group, {.name = "group",
                            .about = "Group to drop to, if not the main group of `user`.",
                            .limit = {check_account, {}}}),
       key(&Server::max_size, {.name = "max-size",
                               .about = "The most that one request to `/urandom/…` may ask for.",
                               .limit = between(Bytes{1}, Bytes{1LL << 40})})}};
}

Section<Results> results_section() {
  return {"results",
          "Where results are served.",
          &Settings::results,
          {key(&Results::listen,
               {.name = "listen",
                .about = "`\"server\"` for the addresses of the measurement server, or an address "
                         "of their own."})}};
}

Section<Store> store_section() {
  return {
      "store",
      "The database of measurements, streams and circuits.",
      &Settings::store,
      {key(&Store::path, {.name = "path",
                          .about = "The SQLite file. Its folder must be writable for `user`.",
                          .limit = {check_file, {}}}),
       key(&Store::keep, {.name = "keep",
                          .about = "Age at which measurements, streams and circuits are deleted.",
                          .change = Change::live,
                          .limit = between(Micros{1h}, Micros{24h * 36500})}),
       key(&Store::raw_events,
           {.name = "raw-events",
            .about = "Age at which tor's control events are deleted as raw lines. `\"0s\"` keeps "
                     "none.",
            .change = Change::live,
            .limit = between(Micros{0}, Micros{24h * 36500})})}};
}

NamedSection<Tor> tor_section() {
  auto const attached = [](Tor const& tor) { return tor.attach.has_value(); };
  return {
      "tor",
      "A tor process that perfd launches, or a running tor that it attaches to. Without any, "
      "there is one with the name `default` and the defaults below.",
      &Settings::tors,
      {key(&Tor::binary, {.name = "binary",
                          .about = "Path of the program, or a name that is looked up in PATH.",
                          .limit = {check_not_empty, {}},
                          .omit = attached}),
       key(&Tor::attach, {.name = "attach",
                          .about = "Control address of a running tor, `\"127.0.0.1:9051\"` or "
                                   "`\"unix:/run/tor/control\"`, in place of `binary`.",
                          .limit = {check_control_address, {}}}),
       key(&Tor::password,
           {.name = "password", .about = "Control password, with `attach`.", .secret = true}),
       key(&Tor::cookie, {.name = "cookie",
                          .about = "Path of the control cookie, with `attach`, if not the one that "
                                   "tor names."}),
       key(&Tor::torrc, {.name = "torrc",
                         .about = "Lines that are added to the torrc that perfd writes.",
                         .limit = {check_torrc, {}}}),
       key(&Tor::guards, {.name = "guards",
                          .about = "Which entry guards this tor uses: its own choice "
                                   "(`\"default\"`), none, or a policy of perfd.",
                          .limit = {check_guards, {}}})}};
}

NamedSection<Experiment> experiment_section() {
  constexpr auto kLive = Change::live;
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
            .limit = {check_target, {}}}),
       key(&Experiment::size,
           {.name = "size",
            .about = "Payload. Required for uploads, and for downloads from perfd's own server; a "
                     "server of somebody else's decides itself what it sends.",
            .change = kLive,
            .default_text = "required, but for downloads from a URL",
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
            .about = "A circuit of its own for each measurement, or one for all.",
            .change = kLive}),
       key(&Experiment::path, {.name = "path",
                               .about = "Fingerprints of the hops, if tor shall not choose.",
                               .change = kLive,
                               .default_text = "tor's choice",
                               .limit = {check_path, {}},
                               .omit = [](Experiment const& e) { return e.path.empty(); }}),
       key(&Experiment::arms,
           {.name = "arms",
            .about = "Variants of an A/B experiment: a table for each arm, with its own `tor`, "
                     "`target`, `optimistic` or `circuit`.",
            .change = kLive,
            .default_text = "not set"}),
       key(&Experiment::order,
           {.name = "order",
            .about = "Arms one after the other at random in balanced blocks, or side by side.",
            .change = kLive,
            .omit = [](Experiment const& e) { return e.arms.empty(); }})}};
}

Section<Log> log_section() {
  return {"log",
          "What perfd says about itself.",
          &Settings::log,
          {key(&Log::level, {.name = "level",
                             .about = "The least important level that is written.",
                             .change = Change::live}),
           key(&Log::file, {.name = "file",
                            .about = "File to append to, in place of standard error, or of "
                                     "perfd.log in the background.",
                            .limit = {[](std::optional<std::string> const& path) {
                                        return path ? check_file(*path) : Wrong{};
                                      },
                                      {}}})}};
}

}  // namespace

Sections const& sections() {
  static Sections const table{vantage_section(), server_section(), results_section(),
                              store_section(),   tor_section(),    experiment_section(),
                              log_section()};
  return table;
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
