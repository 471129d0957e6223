#include "config/validate.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "config/codec.h"
#include "config/rules.h"

namespace perfd::config {

void Rules::report(std::vector<Path> const& paths, std::string const& message) {
  Origins const& origins = origins_;
  if (std::any_of(paths.begin(), paths.end(),
                  [&](Path const& path) { return origins.wrong.contains(path); }))
    return;
  problems_.push_back({origins_.find(paths), to_string(paths.front()) + ": " + message});
}

void Rules::report(Subject const& subject, char const* key, std::string const& message,
                   std::initializer_list<Path> also) {
  Path const self{"experiment", subject.e.name};
  std::vector<Path> paths;
  if (subject.arm.empty()) {
    paths.push_back({self.section, self.name, key});
    paths.insert(paths.end(), also);
  } else {
    paths.push_back({self.section, self.name, "arms"});
  }
  paths.push_back(self);
  report(paths, subject.arm.empty() ? message : subject.arm + "." + key + ": " + message);
}

bool Rules::given(Subject const& subject, char const* key) const {
  return origins_.given({"experiment", subject.e.name, key});
}

Tor const* Rules::find_tor(std::string_view name) const {
  for (auto const& tor : settings_.tors)
    if (tor.name == name) return &tor;
  return nullptr;
}

std::vector<Problem> Rules::run() {
  server();
  std::set<std::string_view> names;
  for (auto const& tor : settings_.tors) {
    if (!names.insert(tor.name).second)
      report({{"tor", tor.name}}, "there is another tor instance of this name");
    instance(tor);
  }
  names.clear();
  for (auto const& one : settings_.experiments) {
    if (!names.insert(one.name).second)
      report({{"experiment", one.name}}, "there is another experiment of this name");
    experiment(one);
  }
  for (auto const& one : settings_.probes) probe(one);
  return std::move(problems_);
}

void Rules::server() {
  auto const& server = settings_.server;
  Path const user{"server", "", "user"};
  Path const group{"server", "", "group"};
  if (server.group && !server.user)
    report({group, user}, "is given without user, so there is nobody to be of that group");
  tls();
  if (!settings_.results.listen || settings_.results.listen->port == 0) return;
  for (auto const& address : server.listen)
    if (address == *settings_.results.listen)
      report({{"results", "", "listen"}, {"server", "", "listen"}},
             "is also an address of the measurement server: write \"server\" to share it");
}

void Rules::tls() {
  auto const& server = settings_.server;
  Path const listen{"server", "", "listen-tls"};
  Path const certificate{"server", "", "certificate"};
  Path const key{"server", "", "key"};
  if (server.certificate.has_value() != server.key.has_value())
    report({server.certificate ? key : certificate, server.certificate ? certificate : key},
           "is missing: a certificate and its key go together");
  if (server.listen_tls.empty()) {
    for (auto const& path : {certificate, key})
      if (origins_.places.contains(path))
        report({path}, "has an effect only with server.listen-tls");
    return;
  }
  for (auto const& address : server.listen_tls)
    if (address.port != 0 && std::ranges::find(server.listen, address) != server.listen.end())
      report({listen}, format_listen_address(address) +
                           " is also an address of server.listen, "
                           "which takes http alone");
}

std::string to_string(Path const& path) {
  auto text = path.section;
  if (!path.name.empty()) text += "." + printable(path.name, 80);
  if (!path.key.empty()) text += "." + printable(path.key, 80);
  return text;
}

Place Origins::find(std::vector<Path> const& paths) const {
  for (auto const& path : paths)
    if (auto const found = places.find(path); found != places.end()) return found->second;
  return {};
}

std::string service_tor(Settings const& settings, Experiment const& experiment) {
  auto const kind = experiment.target.kind;
  if (kind != TargetKind::onion && kind != TargetKind::single_onion) return {};
  if (!experiment.service.empty()) return experiment.service;
  if (kind == TargetKind::onion) return experiment.tor;
  std::string found;
  for (auto const& tor : settings.tors) {
    if (!tor.single_onion) continue;
    if (!found.empty()) return {};
    found = tor.name;
  }
  return found;
}

std::vector<Problem> validate(Settings const& settings, Origins const& origins) {
  return Rules(settings, origins).run();
}

}  // namespace perfd::config
