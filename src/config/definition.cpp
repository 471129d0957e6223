#include "config/definition.h"

#include <chrono>

#include "config/key_builder.h"
#include "config/limits.h"

namespace perfd::config {
namespace {

using namespace std::chrono_literals;

Wrong check_optional_file(std::optional<std::string> const& path) {
  return path ? check_file(*path) : Wrong{};
}

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
       key(&Server::listen_tls,
           {.name = "listen-tls",
            .about = "Addresses to listen on for https, which page loads with `https = true` use.",
            .default_text = "none",
            .limit = {check_listen_tls, "up to 16"},
            .omit = [](Server const& server) { return server.listen_tls.empty(); }}),
       key(&Server::public_tls_port,
           {.name = "public-tls-port",
            .about = "Port under which an exit reaches the first of them.",
            .default_text = "the port of the first address of `listen-tls`",
            .derive =
                [](Settings const&, Server const& server) {
                  return server.listen_tls.empty() ? std::uint16_t{0} : server.listen_tls[0].port;
                },
            .omit = [](Server const& server) { return server.listen_tls.empty(); }}),
       key(&Server::certificate,
           {.name = "certificate",
            .about = "PEM file with the certificate for https and those that sign it. Read again "
                     "every hour and on SIGHUP.",
            .default_text = "one that perfd makes for `public-host`, and which it tells its "
                            "browser to accept",
            .limit = {check_optional_file, {}}}),
       key(&Server::key, {.name = "key",
                          .about = "PEM file with the certificate's key, readable for `user`.",
                          .limit = {check_optional_file, {}}}),
       key(&Server::user,
           {.name = "user",
            .about = "Account that perfd drops to for good once the addresses are bound. Needs a "
                     "start as root.",
            .limit = {check_account, {}}}),
       key(&Server::group, {.name = "group",
                            .about = "Group to drop to, if not the main group of `user`.",
                            .limit = {check_account, {}}}),
       key(&Server::max_size,
           {.name = "max-size",
            .about = "The most that one request may ask for or upload. The page `median` needs 392 "
                     "KiB.",
            .limit = between(Bytes{1}, Bytes{1LL << 40})})}};
}

Section<Results> results_section() {
  return {
      "results",
      "Where results are served.",
      &Settings::results,
      {key(&Results::listen,
           {.name = "listen",
            .about = "`\"server\"` for the addresses of the measurement server, or an address "
                     "of their own."}),
       key(&Results::publish,
           {.name = "publish",
            .about = "Write files of each day that is over, for CollecTor, and serve them under "
                     "`/collector/`."}),
       key(&Results::token_file,
           {.name = "token-file",
            .about = "File with a token of 16 characters or more, which its owner alone may read. "
                     "Whoever sends it as `Authorization: Bearer TOKEN` is told more than results, "
                     "as are root and perfd's user of the same machine ([api.md](api.md)).",
            .default_text = "none",
            .limit = {check_optional_file, {}}}),
       key(&Results::slo,
           {.name = "slo",
            .about = "File of thresholds (docs/thresholds.md). The results are judged by it every "
                     "minute, for the dashboard, `/api/v1/alerts` and `/metrics`.",
            .change = Change::live,
            .limit = {check_optional_file, {}}})}};
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

Section<Browser> browser_section() {
  return {"browser",
          "The browser of `kind = \"page\"`. perfd starts it where an experiment needs it.",
          &Settings::browser,
          {key(&Browser::binary,
               {.name = "binary",
                .about = "Firefox, or Tor Browser's own `firefox`: a path, or a name in PATH.",
                .limit = {check_not_empty, {}}}),
           key(&Browser::at_once,
               {.name = "at-once",
                .about = "How many pages may load at a time, each in a browser of its own of some "
                         "500 MB. Others wait, within their deadline.",
                .limit = between(1, 16)}),
           key(&Browser::loads,
               {.name = "loads",
                .about = "After so many loads a browser is ended and another one started.",
                .limit = between(1, 100'000)}),
           key(&Browser::max_memory,
               {.name = "max-memory",
                .about = "A browser that has more than this after a load is ended.",
                .limit = between(MiB(256), Bytes{1LL << 40})})}};
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
                            .limit = {check_optional_file, {}}})}};
}

}  // namespace

Sections const& sections() {
  static Sections const table{vantage_section(),    server_section(),  results_section(),
                              store_section(),      browser_section(), tor_section(),
                              experiment_section(), probe_section(),   log_section()};
  return table;
}

}  // namespace perfd::config
