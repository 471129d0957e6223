#include "browser/profile.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace perfd::browser {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

// true, false, an integer, or a string in double quotes.
bool is_value(std::string_view text) {
  if (text == "true" || text == "false" || parse_int<std::int32_t>(text)) return true;
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  auto const inside = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < inside.size(); ++i) {
    auto const c = static_cast<unsigned char>(inside[i]);
    if (c < 0x20 || c == '"') return false;
    // A backslash escapes what follows; at the end it would escape the closing quote.
    if (c == '\\' && ++i == inside.size()) return false;
  }
  return true;
}

}  // namespace

Prefs measuring_prefs() {
  return {
      // Nothing reaches the network but through a load's own proxy: whatever belongs to no load
      // meets a port on which nobody listens, and there is no way around it.
      {"network.proxy.type", "1"},
      {"network.proxy.socks", "\"127.0.0.1\""},
      {"network.proxy.socks_port", "9"},
      {"network.proxy.socks_version", "5"},
      {"network.proxy.socks_remote_dns", "true"},
      {"network.proxy.socks5_remote_dns", "true"},
      {"network.proxy.no_proxies_on", "\"\""},
      {"network.proxy.allow_hijacking_localhost", "true"},
      {"network.proxy.failover_direct", "false"},
      {"network.proxy.allow_bypass", "false"},
      {"network.trr.mode", "5"},
      {"media.peerconnection.enabled", "false"},
      {"network.http.http3.enable", "false"},  // UDP, which SOCKS doesn't carry here
      // A name that ends in .onion is for the proxy to know.
      {"network.dns.blockDotOnion", "false"},

      // What a browser does by itself would stand in the record and take processor time from it.
      {"services.settings.server", "\"data:,#remote-settings-dummy/v1\""},
      {"media.gmp-manager.updateEnabled", "false"},
      {"media.gmp-provider.enabled", "false"},
      {"network.captive-portal-service.enabled", "false"},
      {"network.connectivity-service.enabled", "false"},
      {"app.normandy.enabled", "false"},
      {"app.update.enabled", "false"},
      {"app.update.auto", "false"},
      {"extensions.update.enabled", "false"},
      {"extensions.getAddons.cache.enabled", "false"},
      {"browser.safebrowsing.malware.enabled", "false"},
      {"browser.safebrowsing.phishing.enabled", "false"},
      {"browser.safebrowsing.downloads.enabled", "false"},
      {"browser.region.update.enabled", "false"},
      {"browser.search.update", "false"},
      {"browser.newtabpage.enabled", "false"},
      {"browser.newtab.preload", "false"},
      {"browser.startup.page", "0"},
      {"browser.startup.homepage", "\"about:blank\""},
      {"browser.startup.homepage_override.mstone", "\"ignore\""},
      {"browser.aboutwelcome.enabled", "false"},
      {"browser.shell.checkDefaultBrowser", "false"},
      {"browser.tabs.warnOnClose", "false"},
      {"browser.backup.enabled", "false"},
      {"dom.push.enabled", "false"},
      {"datareporting.policy.dataSubmissionEnabled", "false"},
      {"datareporting.healthreport.uploadEnabled", "false"},
      {"toolkit.telemetry.reportingpolicy.firstRun", "false"},
      {"browser.chrome.site_icons", "false"},
      {"security.OCSP.enabled", "0"},

      // One request for one need: no second connection where the first takes more than 250 ms, as
      // it does in Tor; no repetition but the one for a connection that was closed just then.
      {"network.http.connection-retry-timeout", "0"},
      {"network.http.request.max-attempts", "2"},
      {"network.http.speculative-parallel-limit", "0"},
      {"network.prefetch-next", "false"},
      {"network.predictor.enabled", "false"},
      {"network.dns.disablePrefetch", "true"},
      // The address that was asked for is the one that is fetched, loopback included.
      {"dom.security.https_first", "false"},
      {"dom.security.https_first_for_unknown_suffixes", "false"},
      {"network.lna.enabled", "false"},
      {"network.lna.blocking", "false"},

      // Times as they are.
      {"privacy.reduceTimerPrecision", "false"},
      {"privacy.reduceTimerPrecision.unconditional", "false"},
      {"privacy.resistFingerprinting", "false"},

      // Tor Browser: neither its tor nor a user name of its own towards the proxy.
      {"extensions.torlauncher.start_tor", "false"},
      {"extensions.torlauncher.prompt_at_startup", "false"},
      {"extensions.torbutton.use_nontor_proxy", "true"},
  };
}

Result<std::string> user_js(Prefs const& prefs) {
  std::string out;
  for (auto pref = prefs.begin(); pref != prefs.end(); ++pref) {
    auto const& [name, value] = *pref;
    if (!is_name(name)) return Error{"\"" + printable(name) + "\" is no name of a Firefox setting"};
    if (!is_value(value))
      return Error{"the Firefox setting " + name + " can't be " + printable(value) +
                   ": true, false, a whole number, or \"text\" in double quotes"};
    bool const again = std::any_of(std::next(pref), prefs.end(),
                                   [&](auto const& later) { return later.first == name; });
    if (!again) out.append("user_pref(\"").append(name).append("\", ").append(value).append(");\n");
  }
  return success(std::move(out));
}

}  // namespace perfd::browser
