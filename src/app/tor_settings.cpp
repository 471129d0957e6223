#include "app/tor_settings.h"

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
  return out;
}

std::string guards_text(config::Guards const& guards) {
  return std::string(config::name(guards.policy));
}

}  // namespace perfd::app
