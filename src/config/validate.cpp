#include "config/validate.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "base/text.h"
#include "config/codec.h"
#include "config/definition.h"
#include "config/limits.h"

namespace perfd::config {
namespace {

template <class E>
std::string only(std::set<E> const& available) {
  std::vector<std::string_view> names;
  for (auto const& [value, word] : words(E{}))
    if (available.contains(value)) names.push_back(word);
  return " is not available in this version; available: " + quoted_list(names);
}

class Validator {
 public:
  Validator(Settings const& settings, Available const& available, Origins const& origins)
      : settings_(settings), available_(available), origins_(origins) {}

  std::vector<Problem> run() {
    server();
    std::set<std::string_view> names;
    for (auto const& tor : settings_.tors) {
      if (!names.insert(tor.name).second)
        report({{"tor", tor.name}}, "there is another tor instance of this name");
      instance(tor);
    }
    names.clear();
    for (auto const& experiment : settings_.experiments) {
      if (!names.insert(experiment.name).second)
        report({{"experiment", experiment.name}}, "there is another experiment of this name");
      one_experiment(experiment);
    }
    return std::move(problems_);
  }

 private:
  // The first path names the problem; the place is that of the first that was given.
  void report(std::initializer_list<Path> paths, std::string const& message) {
    for (auto const& path : paths)
      if (origins_.wrong.contains(path)) return;
    problems_.push_back({origins_.find(paths), to_string(*paths.begin()) + ": " + message});
  }

  void server() {
    auto const& server = settings_.server;
    Path const user{"server", "", "user"};
    Path const group{"server", "", "group"};
    if (server.group && !server.user)
      report({group, user}, "is given without user, so there is nobody to be of that group");
    if (!settings_.results.listen || settings_.results.listen->port == 0) return;
    for (auto const& address : server.listen)
      if (address == *settings_.results.listen)
        report({{"results", "", "listen"}, {"server", "", "listen"}},
               "is also an address of the measurement server: write \"server\" to share it");
  }

  void instance(Tor const& tor) {
    auto const at = [&](std::string key) { return Path{"tor", tor.name, std::move(key)}; };
    if (!is_name(tor.name))
      report({{"tor", tor.name}}, "the name of the instance " + *check_name(tor.name));
    if (tor.attach) {
      constexpr auto kForeign = "has no effect on a tor that perfd attaches to: leave it out";
      if (origins_.given(at("binary"))) report({at("binary"), at("attach")}, kForeign);
      if (!tor.torrc.empty()) report({at("torrc"), at("attach")}, kForeign);
      if (tor.guards.policy != GuardPolicy::tor_default)
        report({at("guards"), at("attach")}, kForeign);
      if (tor.password && tor.cookie)
        report({at("password"), at("cookie")}, "is given beside cookie: give one of them");
    } else {
      constexpr auto kOwn = "needs attach: perfd makes its own for a tor that it launches";
      if (tor.password) report({at("password"), at("attach")}, kOwn);
      if (tor.cookie) report({at("cookie"), at("attach")}, kOwn);
    }
    guards(tor, at("guards"), at("torrc"));
  }

  void guards(Tor const& tor, Path const& path, Path const& torrc) {
    auto const policy = tor.guards.policy;
    if (!available_.guards.contains(policy)) {
      auto const shown = policy == GuardPolicy::list ? "a list of fingerprints"
                                                     : "\"" + std::string(name(policy)) + "\"";
      report({path}, shown + only(available_.guards));
    }
    if (policy == GuardPolicy::tor_default) return;
    for (auto const& line : tor.torrc)
      for (auto const option : {"UseEntryGuards", "EntryNodes"})
        if (equals_ignoring_case(torrc_option(line), option))
          report({torrc, path}, std::string(option) + " contradicts guards = " +
                                    Codec<Guards>::write(tor.guards).value_or(""));
  }

  void one_experiment(Experiment const& e) {
    auto const at = [&](std::string key) { return Path{"experiment", e.name, std::move(key)}; };
    Path const self{"experiment", e.name};
    if (!is_name(e.name)) report({self}, "the name of the experiment " + *check_name(e.name));
    schedule(e, at);
    subject(e, at);
    // Its own tor is of no use where every arm has one.
    bool const own_tor =
        e.arms.empty() || std::any_of(e.arms.begin(), e.arms.end(),
                                      [](Arm const& arm) { return !arm.tor.has_value(); });
    if (own_tor) tor_of(e.tor, {"experiment", e.name, "tor"});
    if (e.optimistic && !available_.optimistic)
      report({at("optimistic"), self}, "is not available in this version");
    if (e.circuit == CircuitUse::shared && !available_.shared_circuits)
      report({at("circuit"), self},
             "\"shared\" is not available in this version; available: \"fresh\"");
    if (!e.path.empty() && !available_.paths)
      report({at("path"), self}, "is not available in this version: tor chooses the path");
    arms(e, at);
  }

  template <class At>
  void schedule(Experiment const& e, At const& at) {
    Path const self{"experiment", e.name};
    if (e.every.count() <= 0) return report({at("every"), self}, "must be more than 0");
    if (e.timeout > e.every && !e.overlap)
      report({at("timeout"), at("every"), at("overlap"), self},
             format_duration(e.timeout) + " is longer than every = " + format_duration(e.every) +
                 ": make it shorter, or set overlap = true");
    if (e.start_delay >= e.every && e.start_delay.count() > 0)
      report({at("start-delay"), at("every"), self},
             format_duration(e.start_delay) +
                 " must be less than every = " + format_duration(e.every) +
                 ": it moves the grid of slots, which repeats after that");
    bool const jitters = e.spread == Spread::jitter;
    if (jitters && e.jitter.count() == 0)
      report({at("jitter"), at("spread"), self}, "is missing, with spread = \"jitter\"");
    if (!jitters && e.jitter.count() != 0)
      report({at("jitter"), at("spread"), self}, "has an effect only with spread = \"jitter\"");
    if (jitters && e.jitter > e.every)
      report(
          {at("jitter"), at("every"), self},
          format_duration(e.jitter) + " must not be more than every = " + format_duration(e.every));
  }

  template <class At>
  void subject(Experiment const& e, At const& at) {
    Path const self{"experiment", e.name};
    if (!available_.kinds.contains(e.kind))
      return report({at("kind"), self},
                    "\"" + std::string(name(e.kind)) + "\"" + only(available_.kinds));
    if (e.kind == Kind::resolve) return name_to_resolve(e, at);
    if (!e.query.empty())
      report({at("query"), at("kind"), self}, "has an effect only with kind = \"resolve\"");
    far_end(e.target, {"experiment", e.name, "target"});
    bool const has_size = e.kind == Kind::download || e.kind == Kind::upload;
    bool const own_server = e.target.kind != TargetKind::url;
    bool const sized = e.kind == Kind::upload || (e.kind == Kind::download && own_server);
    if (sized && e.size.count == 0)
      report({at("size"), self}, "is missing; a size as in \"50 KiB\" is expected");
    if (e.size.count != 0 && !sized)
      report({at("size"), at("target"), at("kind"), self},
             "has no effect with this " + std::string(has_size ? "target" : "kind") +
                 ": leave it out");
    if (e.kind == Kind::upload && e.size > kMaxUpload)
      report({at("size"), self},
             format_bytes(e.size) + " is over the most for an upload, " + format_bytes(kMaxUpload));
    if (has_size && own_server && e.size > settings_.server.max_size)
      report({at("size"), {"server", "", "max-size"}, self},
             format_bytes(e.size) +
                 " is over server.max-size = " + format_bytes(settings_.server.max_size));
  }

  template <class At>
  void name_to_resolve(Experiment const& e, At const& at) {
    Path const self{"experiment", e.name};
    if (e.query.empty())
      report({at("query"), at("kind"), self},
             "is missing: a name to resolve is expected, or a numeric address");
    constexpr auto kNoEffect = "has no effect with kind = \"resolve\": leave it out";
    if (e.size.count != 0) report({at("size"), at("kind"), self}, kNoEffect);
    if (e.target != Target{}) report({at("target"), at("kind"), self}, kNoEffect);
    if (e.optimistic) report({at("optimistic"), at("kind"), self}, kNoEffect);
  }

  void far_end(Target const& target, Path const& path) {
    Path const self{path.section, path.name};
    Path const host{"server", "", "public-host"};
    if (!available_.targets.contains(target.kind))
      report({path, self}, "\"" + std::string(name(target.kind)) + "\"" + only(available_.targets));
    else if (target.kind == TargetKind::direct && settings_.server.public_host.empty() &&
             !origins_.wrong.contains(host) && !origins_.wrong.contains({"server", "", "listen"}) &&
             !std::exchange(host_missed_, true))
      report({host, {"server", "", "listen"}, {"server"}, path, self},
             "is missing: the server listens on any address, and the target \"direct\" of "
             "experiment." +
                 path.name + " needs to know the one that an exit can reach");
  }

  void tor_of(std::string const& tor, Path const& path) {
    std::vector<std::string_view> known;
    for (auto const& candidate : settings_.tors) {
      if (candidate.name == tor) return;
      known.push_back(candidate.name);
    }
    Path const self{path.section, path.name};
    if (tor.empty())
      report({path, self}, "is missing: choose one of " + quoted_list(known));
    else
      report({path, self}, "no tor instance has this name: " + unknown_word(tor, known));
  }

  template <class At>
  void arms(Experiment const& e, At const& at) {
    Path const self{"experiment", e.name};
    Path const arms = at("arms");
    if (e.arms.empty()) {
      if (origins_.given(at("order"))) report({at("order"), self}, "has an effect only with arms");
      return;
    }
    if (!available_.arms) return report({arms, self}, "are not available in this version");
    if (e.arms.size() < 2) report({arms, self}, "at least two arms are expected");
    same_arms(e, arms);
    for (auto const& arm : e.arms) {
      if (arm.tor) tor_of(*arm.tor, arms);
      if (arm.target) far_end(*arm.target, arms);
      arm_subject(e, arm, arms);
      if (arm.optimistic.value_or(false) && !available_.optimistic)
        report({arms, self}, arm.name + ".optimistic is not available in this version");
      if (arm.circuit == CircuitUse::shared && !available_.shared_circuits)
        report({arms, self}, arm.name + ".circuit \"shared\" is not available in this version");
    }
  }

  // The size is the experiment's, and must mean the same for all of its arms.
  void arm_subject(Experiment const& e, Arm const& arm, Path const& path) {
    if (e.kind == Kind::resolve) {
      if (arm.target || arm.optimistic)
        report({path}, arm.name + ": target and optimistic have no effect with kind = \"resolve\"");
      return;
    }
    if (!arm.target) return;
    bool const own_server = arm.target->kind != TargetKind::url;
    if (own_server != (e.target.kind != TargetKind::url) && e.kind == Kind::download)
      report({path}, arm.name +
                         ".target: all arms download either from perfd's own server, which "
                         "needs a size, or from other servers, which decide it themselves");
    else if (own_server && e.size > settings_.server.max_size)
      report({path}, arm.name + ".target: " + format_bytes(e.size) +
                         " is over server.max-size = " + format_bytes(settings_.server.max_size));
  }

  // Arms that measure the same, and arms side by side on one tor, which would disturb each other.
  void same_arms(Experiment const& e, Path const& path) {
    auto const effect = [&](Arm const& arm) {
      auto out = arm;
      out.name.clear();
      out.tor = arm.tor.value_or(e.tor);
      out.target = arm.target.value_or(e.target);
      out.optimistic = arm.optimistic.value_or(e.optimistic);
      out.circuit = arm.circuit.value_or(e.circuit);
      return out;
    };
    for (auto a = e.arms.begin(); a != e.arms.end(); ++a)
      for (auto b = std::next(a); b != e.arms.end(); ++b) {
        if (effect(*a) == effect(*b))
          report({path}, a->name + " and " + b->name +
                             " measure the same: an arm changes tor, "
                             "target, optimistic or circuit");
        else if (e.order == ArmOrder::parallel && effect(*a).tor == effect(*b).tor)
          report({{path.section, path.name, "order"}, path},
                 "\"parallel\" needs a tor of its own for each arm: " + a->name + " and " +
                     b->name + " both have " + *effect(*a).tor);
      }
  }

  Settings const& settings_;
  Available const& available_;
  Origins const& origins_;
  std::vector<Problem> problems_;
  bool host_missed_ = false;  // one report is enough for all experiments
};

}  // namespace

std::string to_string(Path const& path) {
  auto text = path.section;
  if (!path.name.empty()) text += "." + printable(path.name, 80);
  if (!path.key.empty()) text += "." + printable(path.key, 80);
  return text;
}

Place Origins::find(std::initializer_list<Path> paths) const {
  for (auto const& path : paths)
    if (auto const found = places.find(path); found != places.end()) return found->second;
  return {};
}

std::vector<Problem> validate(Settings const& settings, Available const& available,
                              Origins const& origins) {
  return Validator(settings, available, origins).run();
}

}  // namespace perfd::config
