// Rules of [tor.NAME].
#include <array>
#include <optional>

#include "base/text.h"
#include "config/codec.h"
#include "config/definition.h"
#include "config/limits.h"
#include "config/rules.h"

namespace perfd::config {
namespace {

Path at(Tor const& tor, char const* key) { return {"tor", tor.name, key}; }

// What a guard policy of perfd sets by the control port.
constexpr std::array<std::string_view, 5> kGuardOptions = {
    "UseEntryGuards", "EntryNodes", "NumEntryGuards", "NumPrimaryGuards", "StrictNodes"};

}  // namespace

void Rules::instance(Tor const& tor) {
  if (!is_name(tor.name))
    report({{"tor", tor.name}}, "the name of the instance " + *check_name(tor.name));
  attached(tor);
  guards(tor);
  single_onion(tor);
}

void Rules::attached(Tor const& tor) {
  auto const attach = at(tor, "attach");
  if (!tor.attach) {
    constexpr auto kOwn = "needs attach: perfd makes its own for a tor that it launches";
    if (tor.password) report({at(tor, "password"), attach}, kOwn);
    if (tor.cookie) report({at(tor, "cookie"), attach}, kOwn);
    return;
  }
  constexpr auto kForeign = "has no effect on a tor that perfd attaches to: leave it out";
  for (auto const* key : {"binary", "socks-ports", "single-onion", "guard-count"})
    if (origins_.given(at(tor, key))) report({at(tor, key), attach}, kForeign);
  if (!tor.torrc.empty()) report({at(tor, "torrc"), attach}, kForeign);
  if (tor.guards.policy != GuardPolicy::tor_default) report({at(tor, "guards"), attach}, kForeign);
  if (tor.drop_guards)
    report({at(tor, "drop-guards"), attach},
           "would take the guards of a tor that perfd only attaches to: leave it out");
  if (tor.password && tor.cookie)
    report({at(tor, "password"), at(tor, "cookie")}, "is given beside cookie: give one of them");
}

void Rules::guards(Tor const& tor) {
  auto const policy = tor.guards.policy;
  bool const chooses = policy != GuardPolicy::tor_default && policy != GuardPolicy::none;
  if (!chooses && origins_.given(at(tor, "guard-count")))
    report({at(tor, "guard-count"), at(tor, "guards")},
           "has an effect only with a policy of perfd, as in guards = \"fast\"");
  if (policy == GuardPolicy::tor_default) return;
  for (auto const& line : tor.torrc)
    for (auto const option : kGuardOptions)
      if (equals_ignoring_case(torrc_option(line), option))
        report({at(tor, "torrc"), at(tor, "guards")},
               std::string(option) +
                   " contradicts guards = " + Codec<Guards>::write(tor.guards).value_or(""));
}

void Rules::single_onion(Tor const& tor) {
  if (tor.single_onion && tor.socks_ports != 1)
    report({at(tor, "socks-ports"), at(tor, "single-onion")},
           "has no effect with single-onion = true: such a tor has no SOCKS port");
}

}  // namespace perfd::config
