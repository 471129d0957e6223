// What of a changed configuration a running perfd can take over.
#include <algorithm>
#include <type_traits>

#include "config/config.h"
#include "config/definition.h"

namespace perfd::config {
namespace {

template <class Vector>
auto* find(Vector& all, std::string const& name) {
  auto const found =
      std::find_if(all.begin(), all.end(), [&](auto const& one) { return one.name == name; });
  return found == all.end() ? static_cast<decltype(&*found)>(nullptr) : &*found;
}

// Why an experiment without arms can't run with what is running now; empty if it can.
std::string obstacle_of_one(Experiment const& experiment, Settings const& running) {
  if (find(running.tors, experiment.tor) == nullptr) return "tor." + experiment.tor;
  if (experiment.kind == Kind::resolve || experiment.target.kind == TargetKind::url ||
      !experiment.urls.empty())
    return {};
  if (experiment.size > running.server.max_size) return "server.max-size";
  if (experiment.https && running.server.listen_tls.empty()) return "server.listen-tls";
  if (experiment.target.kind != TargetKind::direct) {
    auto const service = service_tor(running, experiment);
    auto const* tor = find(running.tors, service);
    if (tor == nullptr) return "tor." + service;
    bool const single = experiment.target.kind == TargetKind::single_onion;
    return tor->single_onion == single ? "" : "tor." + service + ".single-onion";
  }
  return running.server.public_host.empty() ? "server.public-host" : "";
}

std::string obstacle(Experiment const& experiment, Settings const& running) {
  if (experiment.arms.empty()) return obstacle_of_one(experiment, running);
  for (auto const& arm : experiment.arms)
    if (auto found = obstacle_of_one(with_arm(experiment, arm), running); !found.empty())
      return found;
  return {};
}

class Reloader {
 public:
  Reloader(Settings const& running, Settings const& wanted) : wanted_(wanted) {
    out_.settings = running;
  }

  Reload run() {
    for_each_section([&](auto const& section) {
      auto const& wanted = wanted_.*section.member;
      auto& running = out_.settings.*section.member;
      using Table = std::remove_cvref_t<decltype(section)>;
      if constexpr (std::is_same_v<Table, NamedSection<Experiment>>)
        return;
      else if constexpr (Table::kNamed)
        named(section, wanted, running);
      else
        keys(section, std::string(section.name), wanted, running);
    });
    experiments(std::get<NamedSection<Experiment>>(sections()));
    return std::move(out_);
  }

 private:
  // Takes over the live keys, and names all that differ.
  template <class AnySection, class S>
  void keys(AnySection const& section, std::string const& prefix, S const& wanted, S& running) {
    for (auto const& key : section.keys) {
      if (key.write(wanted) == key.write(running)) continue;
      auto name = prefix + "." + std::string(key.name);
      if (key.change == Change::restart) {
        out_.needs_restart.push_back(std::move(name));
      } else {
        key.copy(wanted, running);
        out_.applied.push_back(std::move(name));
      }
    }
  }

  // Instances of tor are made at the start.
  template <class S>
  void named(NamedSection<S> const& section, std::vector<S> const& wanted,
             std::vector<S>& running) {
    auto const path = [&](S const& one) { return std::string(section.name) + "." + one.name; };
    for (auto const& one : wanted) {
      if (auto* same = find(running, one.name))
        keys(section, path(one), one, *same);
      else
        out_.needs_restart.push_back(path(one) + " (added)");
    }
    for (auto const& one : running)
      if (find(wanted, one.name) == nullptr) out_.needs_restart.push_back(path(one) + " (removed)");
  }

  void experiments(NamedSection<Experiment> const& section) {
    auto old = std::exchange(out_.settings.experiments, {});
    auto& now = out_.settings.experiments;
    for (auto const& wanted : wanted_.experiments) {
      auto const path = "experiment." + wanted.name;
      auto* same = find(old, wanted.name);
      auto const missing = obstacle(wanted, out_.settings);
      if (!missing.empty()) {
        out_.needs_restart.push_back(path + " (" + missing + " first)");
        if (same != nullptr) now.push_back(*same);
      } else if (same != nullptr) {
        keys(section, path, wanted, now.emplace_back(*same));
      } else {
        now.push_back(wanted);
        out_.applied.push_back(path + " (added)");
      }
    }
    for (auto const& one : old)
      if (find(wanted_.experiments, one.name) == nullptr)
        out_.applied.push_back("experiment." + one.name + " (removed)");
  }

  Settings const& wanted_;
  Reload out_;
};

}  // namespace

Reload reload(Settings const& running, Settings const& wanted) {
  return Reloader(running, wanted).run();
}

}  // namespace perfd::config
