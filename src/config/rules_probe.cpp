// Rules of [probe.NAME].
#include "config/codec.h"
#include "config/rules.h"

namespace perfd::config {

void Rules::probe(Probe const& probe) {
  Path const self{"probe", probe.name};
  Path const tor{"probe", probe.name, "tor"};
  std::vector<std::string_view> known;
  for (auto const& one : settings_.tors) known.push_back(one.name);
  if (probe.tor.empty())
    return report({tor, self}, "is missing: choose one of " + quoted_list(known));
  auto const* found = find_tor(probe.tor);
  if (found == nullptr)
    return report({tor, self}, "no tor instance has this name: " + unknown_word(probe.tor, known));
  if (found->single_onion)
    report({tor, self}, "tor." + probe.tor +
                            " offers single onion services and has no SOCKS port: probe through "
                            "another one");
}

}  // namespace perfd::config
