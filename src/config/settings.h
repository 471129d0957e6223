// perfd.toml as typed settings.
//
// Types only, and what they mean together: every room may include this header without linking the
// room. Where the values come from, their defaults and their limits: definition.h.
// Thread: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"

namespace perfd::config {

// An address of this machine to listen on. Port 0 lets the system choose.
struct ListenAddress {
  std::string address;  // numeric IPv4 or IPv6, without brackets
  std::uint16_t port = 0;

  friend bool operator==(ListenAddress const&, ListenAddress const&) = default;
};

struct Vantage {
  std::string name;  // SOURCE in all results

  friend bool operator==(Vantage const&, Vantage const&) = default;
};

// The measurement server: the other end of the circuit.
struct Server {
  std::vector<ListenAddress> listen{{"0.0.0.0", 80}};
  std::string public_host;        // as an exit reaches it; empty where nothing needs it
  std::uint16_t public_port = 0;  // as an exit reaches it; 0 with a port that the system chooses
  std::vector<ListenAddress> listen_tls;        // https; none: only http
  std::uint16_t public_tls_port = 0;            // as public_port
  std::optional<std::string> certificate, key;  // PEM files; none: perfd makes its own
  std::optional<std::string> user;              // to drop to once the addresses are bound
  std::optional<std::string> group;
  Bytes max_size = MiB(100);  // the most that one request may ask for

  friend bool operator==(Server const&, Server const&) = default;
};

struct Results {
  std::optional<ListenAddress> listen;    // none: on the measurement server
  bool publish = true;                    // files of each day, for CollecTor
  std::optional<std::string> token_file;  // who gives what it holds is told more than results
  std::optional<std::string> slo;         // a file of thresholds (settings_slo.h); none: no alerts

  friend bool operator==(Results const&, Results const&) = default;
};

struct Store {
  std::string path = "/var/lib/perfd/perfd.db";
  Micros keep = std::chrono::hours{24 * 365};      // measurements, streams and circuits
  Micros raw_events = std::chrono::hours{24 * 7};  // controller lines as they came

  friend bool operator==(Store const&, Store const&) = default;
};

enum class GuardPolicy : std::uint8_t {
  tor_default,  // as tor chooses
  none,         // no entry guards
  fast,
  slow,
  fast_ratio,
  slow_ratio,
  list,  // the given fingerprints, and all guards of the given countries
};

struct Guards {
  GuardPolicy policy = GuardPolicy::tor_default;
  std::vector<std::string> fingerprints;  // 40 hex digits, upper case; for `list` only
  std::vector<std::string> countries;     // two lower-case letters; for `list` only

  friend bool operator==(Guards const&, Guards const&) = default;
};

// A tor process that perfd launches, or a running tor that it attaches to.
struct Tor {
  std::string name;
  std::string binary = "tor";         // a path, or a name that is looked up in PATH
  std::optional<std::string> attach;  // control address: "host:port" or "unix:/path"
  std::optional<std::string> password;
  std::optional<std::string> cookie;  // path of the cookie file; none: the one that tor names
  std::vector<std::string> torrc;     // lines that are added to those that perfd writes
  Guards guards;
  std::int32_t guard_count = 3;       // how many a policy of perfd's sets at a time
  std::optional<Micros> drop_guards;  // how often guards and build time-outs are forgotten
  std::int32_t socks_ports = 1;       // streams of different ports never share a circuit
  bool single_onion = false;          // offers single onion services; has no SOCKS port then
  std::string onion_suffix = ".onion";

  friend bool operator==(Tor const&, Tor const&) = default;
};

// The browser of page loads: one program, in as many processes as loads need at a time.
struct Browser {
  std::string binary = "firefox-esr";  // a path, or a name that is looked up in PATH
  std::int32_t at_once = 2;            // loads at a time, each in a process of its own
  std::int32_t loads = 50;             // of one process, before another takes its place
  Bytes max_memory = MiB(2048);        // of one browser; above it another takes its place

  friend bool operator==(Browser const&, Browser const&) = default;
};

enum class Kind : std::uint8_t { download, upload, page, allocation, resolve };
enum class TargetKind : std::uint8_t { direct, onion, single_onion, url };
// What one upload may send: its digest is worked out in one go.
inline constexpr Bytes kMaxUpload{1LL << 30};
enum class Spread : std::uint8_t {
  fixed,    // at multiples of `every`
  jitter,   // up to `jitter` later than that, at random
  poisson,  // at random with `every` as the mean
};
// Pages of the measurement server (docs/measurement.md, "Pages").
enum class BuiltInPage : std::uint8_t { median, plain, form };
enum class CircuitUse : std::uint8_t { fresh, shared };
// What the streams of an allocation series have in common, as tor's stream isolation sees it.
enum class Isolation : std::uint8_t {
  same,  // SOCKS credentials: they may share circuits
  each,  // nothing: credentials of their own
  port,  // credentials, but each comes by the next of tor's SOCKS ports
};
enum class ArmOrder : std::uint8_t { interleaved, parallel };

struct Target {
  TargetKind kind = TargetKind::direct;
  std::string url;  // for `url` only

  friend bool operator==(Target const&, Target const&) = default;
};

// The hops of a circuit that perfd builds itself, from guard to exit: each a set of fingerprints
// (40 hex digits, upper case), of which every measurement takes one at random.
struct ChosenPath {
  std::vector<std::vector<std::string>> hops;  // empty: tor's choice

  [[nodiscard]] bool empty() const { return hops.empty(); }
  friend bool operator==(ChosenPath const&, ChosenPath const&) = default;
};

// One variant in an A/B experiment; what it leaves open is the experiment's.
struct Arm {
  std::string name;
  std::optional<std::string> tor;
  std::optional<Target> target;
  std::optional<bool> optimistic;
  std::optional<CircuitUse> circuit;
  std::optional<ChosenPath> path;
  std::optional<bool> https;

  friend bool operator==(Arm const&, Arm const&) = default;
};

struct Experiment {
  std::string name;
  Kind kind = Kind::download;
  Target target;
  Bytes size{0};      // of the payload; 0 with a URL: whatever its server sends
  std::string query;  // resolve: a name, or an address whose name is asked for
  Micros every{0};
  Micros timeout{0};
  Micros start_delay{0};  // moves the whole grid of slots
  Spread spread = Spread::fixed;
  Micros jitter{0};
  std::string tor = "default";  // name of a tor instance
  bool overlap = false;         // may run beside other measurements of the same tor instance
  bool optimistic = false;      // send the request before the SOCKS reply
  CircuitUse circuit = CircuitUse::fresh;
  ChosenPath path;
  std::string service;         // onion targets: the tor that offers the service; see service_tor()
  bool fresh_service = false;  // a new service, with a new address, for each measurement
  bool learned_timeout = false;  // measure only once tor has learned its build time-out
  // Of an allocation series.
  std::int32_t requests = 10;
  bool at_once = false;
  Micros pause{0};  // between one request's end and the next one's start
  Isolation isolation = Isolation::same;
  // Of a page load.
  BuiltInPage page = BuiltInPage::median;  // from perfd's own server
  bool https = false;                      // from perfd's own server over TLS
  std::string urls;             // a list of pages in place of a target: a file, or its address
  std::int32_t urls_top = 100;  // how many of them, from the first
  bool screenshot = false;
  std::vector<Arm> arms;
  ArmOrder order = ArmOrder::interleaved;

  friend bool operator==(Experiment const&, Experiment const&) = default;
};

// The experiment without arms that an arm of it is.
[[nodiscard]] inline Experiment with_arm(Experiment experiment, Arm const& arm) {
  if (arm.tor) experiment.tor = *arm.tor;
  if (arm.target) experiment.target = *arm.target;
  if (arm.optimistic) experiment.optimistic = *arm.optimistic;
  if (arm.circuit) experiment.circuit = *arm.circuit;
  if (arm.path) experiment.path = *arm.path;
  if (arm.https) experiment.https = *arm.https;
  experiment.arms.clear();
  return experiment;
}

enum class ProbeKind : std::uint8_t { download, page };

// How /probe?module=NAME fetches what somebody asks for (web/probe.h).
struct Probe {
  std::string name;
  ProbeKind kind = ProbeKind::download;
  Micros timeout = std::chrono::seconds{60};
  std::string tor = "default";  // name of a tor instance
  std::vector<std::string> hosts{
      "*.onion"};  // which may be fetched from; "*" for all but local ones
  std::int32_t at_once = 4;

  friend bool operator==(Probe const&, Probe const&) = default;
};

enum class LogLevel : std::uint8_t { debug, info, warning, error };

struct Log {
  LogLevel level = LogLevel::info;
  std::optional<std::string> file;  // none: perfd.log in the background, else standard error

  friend bool operator==(Log const&, Log const&) = default;
};

struct Settings {
  Vantage vantage;
  Server server;
  Results results;
  Store store;
  Browser browser;
  std::vector<Tor> tors;                // at least one
  std::vector<Experiment> experiments;  // in the order of the files
  std::vector<Probe> probes;
  Log log;

  friend bool operator==(Settings const&, Settings const&) = default;
};

}  // namespace perfd::config
