#include "app/tor_settings.h"

#include <algorithm>

#include "base/text.h"
#include "config/words.h"
#include "runtime/files.h"

namespace perfd::app {

Result<tor::InstanceSettings> instance_settings(config::Tor const& tor, DataFolder const& data) {
  tor::InstanceSettings out;
  out.name = tor.name;
  if (tor.attach) {
    auto const address = runtime::Address::parse(*tor.attach);
    if (!address) return Error{"[tor." + tor.name + "] attach: " + address.error().message};
    out.attach = *address;
    out.credentials.password = tor.password;
    if (tor.cookie) out.credentials.cookie_file = *tor.cookie;
    return out;
  }
  auto const binary = runtime::find_program(tor.binary);
  if (!binary)
    return Error{"[tor." + tor.name + "] binary: there is no program '" +
                 printable(tor.binary, 100) +
                 "': install tor (Debian: apt-get install tor) or give its path"};
  out.process.binary = std::filesystem::absolute(*binary);
  out.process.data_folder = data.tors / tor.name;
  out.process.torrc = tor.torrc;
  if (tor.guards.policy == config::GuardPolicy::none)
    out.process.torrc.emplace_back("UseEntryGuards 0");
  // What relays say of themselves, which a client does not fetch otherwise.
  if (tor::needs_descriptors(tor.guards.policy))
    out.process.torrc.emplace_back("FetchUselessDescriptors 1");
  if (tor.single_onion)
    for (auto const* line :
         {"HiddenServiceNonAnonymousMode 1", "HiddenServiceSingleHopMode 1", "SocksPort 0"})
      out.process.torrc.emplace_back(line);
  // One port is what a tor has anyhow, unless its lines say otherwise.
  for (int port = 0; tor.socks_ports > 1 && port < tor.socks_ports; ++port)
    out.process.torrc.emplace_back("SocksPort 127.0.0.1:auto ExtendedErrors");
  return out;
}

tor::GuardSettings guard_settings(config::Tor const& tor) {
  tor::GuardSettings out;
  out.guards = tor.guards;
  out.policy = guards_text(tor.guards);
  out.count = static_cast<std::size_t>(tor.guard_count);
  out.drop_every = tor.drop_guards;
  return out;
}

std::string guards_text(config::Guards const& guards) {
  constexpr std::size_t kMostItems = 16;
  if (guards.policy != config::GuardPolicy::list) return std::string(config::name(guards.policy));
  auto items = guards.fingerprints;
  for (auto const& country : guards.countries) items.push_back("{" + country + "}");
  std::string out;
  for (std::size_t i = 0; i < std::min(items.size(), kMostItems); ++i)
    out += (i == 0 ? "" : ", ") + items[i];
  if (items.size() > kMostItems)
    out += " and " + std::to_string(items.size() - kMostItems) + " more";
  return out;
}

}  // namespace perfd::app
