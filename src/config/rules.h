// The rules between settings, gathered: what all of them share, and which there are.
//
// Internal to config. Each rules_*.cpp holds those of one section.
// Thread: pure but for the problems that it collects.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "config/validate.h"

namespace perfd::config {

class Rules {
 public:
  Rules(Settings const& settings, Origins const& origins)
      : settings_(settings), origins_(origins) {}

  std::vector<Problem> run();

 private:
  // An experiment as it will be measured: itself, or one of its arms with what the arm changes.
  struct Subject {
    Experiment const& e;
    std::string arm;  // empty: itself
  };

  // The first path names the problem; the place is that of the first that was given.
  void report(std::vector<Path> const& paths, std::string const& message);
  // Of an experiment's key, or of an arm's. `also` are other places of the same problem.
  void report(Subject const& subject, char const* key, std::string const& message,
              std::initializer_list<Path> also = {});
  [[nodiscard]] bool given(Subject const& subject, char const* key) const;
  [[nodiscard]] Tor const* find_tor(std::string_view name) const;

  void server();
  void tls();

  // rules_tor.cpp
  void instance(Tor const& tor);
  void attached(Tor const& tor);
  void guards(Tor const& tor);
  void single_onion(Tor const& tor);

  // rules_experiment.cpp
  void experiment(Experiment const& e);
  void schedule(Experiment const& e);
  void arms(Experiment const& e);
  void distinct_arms(Experiment const& e);
  void same_ends(Experiment const& e);

  // rules_subject.cpp
  void subject(Subject const& subject);
  bool tor_of(Subject const& subject);
  void size(Subject const& subject);
  void query(Subject const& subject);
  void far_end(Subject const& subject);
  void onion(Subject const& subject);
  void path(Subject const& subject);
  void allocation(Subject const& subject);
  void learned_timeout(Subject const& subject);

  // rules_probe.cpp
  void probe(Probe const& probe);

  // rules_page.cpp
  void page(Subject const& subject);
  void urls(Subject const& subject);

  Settings const& settings_;
  Origins const& origins_;
  std::vector<Problem> problems_;
  bool host_missed_ = false;  // one report is enough for all experiments
};

}  // namespace perfd::config
