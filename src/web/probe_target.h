// Which addresses /probe may fetch from. The one who asks is trusted with the token, but neither
// they nor who writes their list of targets shall reach what only this machine can.
//
// Thread: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/http/url.h"

namespace perfd::web {

// An http(s) address as it stands, or an onion address alone. Errors say what is expected.
[[nodiscard]] Result<wire::http::Url> parse_probe_target(std::string_view target);

// Names and numeric addresses of this machine, of private networks and of no network at all; names
// without a dot and numbers that resolvers take for addresses ("127.1") among them. An exit would
// refuse most of them, unless it runs on this machine.
[[nodiscard]] bool is_local_host(std::string const& host);

// By the patterns of [probe.NAME] hosts, of which "*" and "*.example.org" don't mean local hosts.
[[nodiscard]] bool may_probe(std::string const& host, std::vector<std::string> const& patterns);

}  // namespace perfd::web
