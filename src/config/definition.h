// The one table of everything that perfd.toml may say.
//
// Internal to config. Loading, printing, comparing and the reference all walk over
// it, so that a key can't be read without being documented and printed.
// Thread: the table is made at first use and constant from then on.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "config/codec.h"
#include "config/settings.h"

namespace perfd::config {

enum class Change : std::uint8_t { live, restart };

// One key of a section of type S.
template <class S>
struct Key {
  std::string_view name;
  std::string kind;          // what the value looks like
  std::string default_text;  // for the reference
  std::string_view about;    // one or two sentences
  Change change = Change::restart;
  bool required = false;
  bool secret = false;
  std::function<bool(Node const&, S&, Report const&)> read;
  // Nothing where the value is expressed by leaving the key out.
  std::function<std::optional<std::string>(S const&)> write;
  std::function<void(S const& from, S& to)> copy;
  // Sets the default. It may depend on other sections and on keys above it.
  std::function<void(Settings const&, S&)> set_default;
};

// The section [name].
template <class S>
struct Section {
  static constexpr bool kNamed = false;
  std::string_view name;
  std::string_view about;
  S Settings::*member;
  std::vector<Key<S>> keys;
};

// Any number of sections [name.NAME]; S has a member `name`.
template <class S>
struct NamedSection {
  static constexpr bool kNamed = true;
  std::string_view name;
  std::string_view about;
  std::vector<S> Settings::*member;
  std::vector<Key<S>> keys;
};

using Sections = std::tuple<Section<Vantage>, Section<Server>, Section<Results>, Section<Store>,
                            Section<Browser>, NamedSection<Tor>, NamedSection<Experiment>,
                            NamedSection<Probe>, Section<Log>>;
[[nodiscard]] Sections const& sections();
// Its large rows, made anew by each call (definition_tor.cpp, definition_experiment.cpp,
// definition_probe.cpp).
[[nodiscard]] NamedSection<Tor> tor_section();
[[nodiscard]] NamedSection<Experiment> experiment_section();
[[nodiscard]] NamedSection<Probe> probe_section();
// The keys of an arm, within an experiment (arms.cpp).
[[nodiscard]] std::vector<Key<Arm>> const& arm_keys();

// Calls f with each section in turn; `f(section)` tells the two forms apart by kNamed.
template <class F>
void for_each_section(F&& f) {
  std::apply([&](auto const&... section) { (f(section), ...); }, sections());
}

inline constexpr std::size_t kMaxInstances = 256;  // of [tor.…], of [experiment.…] and so on
inline constexpr std::size_t kMaxNameLength = 64;
// What a name of a vantage point, a tor instance, an experiment or an arm is made of.
[[nodiscard]] bool is_name(std::string_view text);

// The tor instance of an experiment that names none; empty where there is a choice to make.
[[nodiscard]] std::string default_tor(Settings const& settings);
// The timeout of an experiment that gives none: Torperf's, 5 s before the next slot.
[[nodiscard]] Micros default_timeout(Micros every);

}  // namespace perfd::config
