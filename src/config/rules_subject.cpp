// Rules of what one measurement does, of an experiment or of one of its arms: which of the
// orthogonal choices (kind, target, tor, path, circuit …) make sense together.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "config/codec.h"
#include "config/limits.h"
#include "config/rules.h"

namespace perfd::config {
namespace {

bool is_onion(Target const& target) {
  return target.kind == TargetKind::onion || target.kind == TargetKind::single_onion;
}

constexpr auto kOnlyAllocation = "has an effect only with kind = \"allocation\"";

}  // namespace

void Rules::subject(Subject const& subject) {
  auto const& e = subject.e;
  bool const has_tor = tor_of(subject);
  if (e.kind == Kind::resolve) {
    query(subject);
  } else {
    if (!e.query.empty())
      report(subject, "query", "has an effect only with kind = \"resolve\"",
             {{"experiment", e.name, "kind"}});
    far_end(subject);
    size(subject);
  }
  onion(subject);
  allocation(subject);
  page(subject);
  if (!has_tor) return;
  path(subject);
  learned_timeout(subject);
}

bool Rules::tor_of(Subject const& subject) {
  auto const& name = subject.e.tor;
  if (auto const* tor = find_tor(name)) {
    if (tor->single_onion)
      report(subject, "tor",
             "tor." + name +
                 " offers single onion services and has no SOCKS port: measure "
                 "through another one, and name this one as the service");
    return true;
  }
  std::vector<std::string_view> known;
  for (auto const& tor : settings_.tors) known.push_back(tor.name);
  if (name.empty())
    report({{"experiment", subject.e.name, "tor"}, {"experiment", subject.e.name}},
           "is missing: choose one of " + quoted_list(known));
  else
    report(subject, "tor", "no tor instance has this name: " + unknown_word(name, known));
  return false;
}

void Rules::size(Subject const& subject) {
  auto const& e = subject.e;
  bool const own_server = e.target.kind != TargetKind::url && e.urls.empty();
  bool const form = e.kind == Kind::page && e.page == BuiltInPage::form && own_server;
  bool const has_size =
      e.kind == Kind::download || e.kind == Kind::upload || e.kind == Kind::allocation || form;
  bool const sized = e.kind == Kind::upload || (has_size && own_server);
  auto const target = Path{"experiment", e.name, "target"};
  auto const kind = Path{"experiment", e.name, "kind"};
  if (sized && e.size.count == 0)
    report(subject, "size", "is missing; a size as in \"50 KiB\" is expected");
  if (e.size.count != 0 && !sized)
    report(subject, "size",
           e.kind == Kind::page ? "has an effect only with page = \"form\": leave it out"
                                : "has no effect with this " +
                                      std::string(has_size ? "target" : "kind") + ": leave it out",
           {target, kind});
  if ((e.kind == Kind::upload || form) && e.size > kMaxUpload)
    report(subject, "size",
           format_bytes(e.size) + " is over the most for an upload, " + format_bytes(kMaxUpload));
  if (has_size && own_server && e.size > settings_.server.max_size)
    report(subject, "size",
           format_bytes(e.size) +
               " is over server.max-size = " + format_bytes(settings_.server.max_size),
           {{"server", "", "max-size"}});
}

void Rules::query(Subject const& subject) {
  auto const& e = subject.e;
  Path const kind{"experiment", e.name, "kind"};
  if (e.query.empty())
    report(subject, "query", "is missing: a name to resolve is expected, or a numeric address",
           {kind});
  constexpr auto kNoEffect = "has no effect with kind = \"resolve\": leave it out";
  if (e.size.count != 0) report(subject, "size", kNoEffect, {kind});
  if (e.target != Target{}) report(subject, "target", kNoEffect, {kind});
  if (e.optimistic) report(subject, "optimistic", kNoEffect, {kind});
}

void Rules::far_end(Subject const& subject) {
  Path const host{"server", "", "public-host"};
  Path const listen{"server", "", "listen"};
  bool const known_wrong = origins_.wrong.contains(host) || origins_.wrong.contains(listen);
  if (subject.e.target.kind != TargetKind::direct || !subject.e.urls.empty() ||
      !settings_.server.public_host.empty() || known_wrong || std::exchange(host_missed_, true))
    return;
  Path const self{"experiment", subject.e.name};
  report({host, listen, {"server"}, {self.section, self.name, "target"}, self},
         "is missing: the server listens on any address, and the target \"direct\" of "
         "experiment." +
             self.name + " needs to know the one that an exit can reach");
}

void Rules::onion(Subject const& subject) {
  auto const& e = subject.e;
  if (!is_onion(e.target)) {
    constexpr auto kNoService = "has an effect only with the target \"onion\" or \"single-onion\"";
    // An experiment's service is for those of its arms that have such a target.
    if (!subject.arm.empty()) return;
    if (!e.service.empty()) report(subject, "service", kNoService);
    if (e.fresh_service) report(subject, "fresh-service", kNoService);
    return;
  }
  if (e.fresh_service && e.circuit == CircuitUse::shared)
    report(subject, "circuit",
           "\"shared\" contradicts fresh-service = true: no circuit leads to a new service yet");
  if (e.fresh_service && e.kind == Kind::allocation)
    report(subject, "fresh-service", "has no effect with kind = \"allocation\": leave it out");
  bool const single = e.target.kind == TargetKind::single_onion;
  auto const chosen = service_tor(settings_, e);
  if (chosen.empty() && !single) return;  // its tor is missing, which is told already
  char const* const key = e.service.empty() ? "target" : "service";
  if (chosen.empty())
    return report(subject, "service",
                  "is missing: name the tor instance that offers the single onion service, one "
                  "with single-onion = true");
  auto const* tor = find_tor(chosen);
  if (tor == nullptr) {
    if (e.service.empty()) return;
    std::vector<std::string_view> known;
    for (auto const& one : settings_.tors) known.push_back(one.name);
    return report(subject, "service",
                  "no tor instance has this name: " + unknown_word(chosen, known));
  }
  if (single && !tor->single_onion)
    report(subject, key,
           "tor." + chosen + " does not offer single onion services: give it single-onion = true");
  if (!single && tor->single_onion && !e.service.empty())
    report(subject, key,
           "tor." + chosen + " offers single onion services: the target is \"single-onion\" then");
}

void Rules::path(Subject const& subject) {
  auto const& e = subject.e;
  if (e.path.empty()) return;
  if (is_onion(e.target))
    report(subject, "path", "tor itself builds the circuits to an onion service: leave it out");
  if (e.circuit == CircuitUse::shared)
    report(subject, "path",
           "contradicts circuit = \"shared\": perfd builds a circuit for each measurement");
  if (e.kind == Kind::allocation)
    report(subject, "path",
           "leaves tor nothing to allot: kind = \"allocation\" measures tor's own choice");
  auto const& guards = find_tor(e.tor)->guards;
  if (guards.policy != GuardPolicy::tor_default)
    report(subject, "path",
           "leaves tor." + e.tor + "'s guards = " + Codec<Guards>::write(guards).value_or("") +
               " without effect: use a tor with guards = \"default\"");
  if (find_tor(e.tor)->attach)
    report(subject, "path",
           "needs a tor that perfd launches: to attach streams, perfd must tell tor to leave "
           "all of them to it, which is no good for a tor that others use");
}

void Rules::allocation(Subject const& subject) {
  auto const& e = subject.e;
  if (e.kind != Kind::allocation) {
    if (!subject.arm.empty()) return;
    for (auto const* key : {"requests", "at-once", "pause", "isolation"})
      if (given(subject, key)) report(subject, key, kOnlyAllocation);
    return;
  }
  if (e.circuit == CircuitUse::shared)
    report(subject, "circuit",
           "has no effect with kind = \"allocation\": isolation says which streams may share");
  if (e.at_once && e.pause.count() != 0)
    report(subject, "pause", "has no effect with at-once = true",
           {{"experiment", e.name, "at-once"}});
  auto const* tor = find_tor(e.tor);
  if (e.isolation == Isolation::port && tor != nullptr && !tor->attach && tor->socks_ports < 2)
    report(subject, "isolation",
           "\"port\" needs a tor with several SOCKS ports: give tor." + e.tor +
               " socks-ports = 2 or more");
}

void Rules::learned_timeout(Subject const& subject) {
  if (!subject.e.learned_timeout) return;
  auto const* tor = find_tor(subject.e.tor);
  bool const never = std::any_of(tor->torrc.begin(), tor->torrc.end(), [](auto const& line) {
    auto const option = torrc_option(line);
    return equals_ignoring_case(option, "LearnCircuitBuildTimeout") &&
           trim(trim(line).substr(option.size())) == "0";
  });
  if (never)
    report(subject, "learned-timeout",
           "would never measure: tor." + tor->name + " has LearnCircuitBuildTimeout 0");
}

}  // namespace perfd::config
