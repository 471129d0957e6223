// What a launched tor reads at its start, and what its port file says.
#include <fmt/format.h>

#include "base/text.h"
#include "tor/process.h"

namespace perfd::tor {
namespace {

constexpr std::size_t kLongestSocketPath = 107;  // sockaddr_un, without the final NUL

// torrc takes values in quotes with C escapes, so that spaces and '#' are no trouble.
std::string quoted(std::string const& value) {
  std::string out = "\"";
  for (char const c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return out + '"';
}

bool is_option(std::string_view line, std::string_view option) {
  line = trim(line);
  if (line.starts_with('+')) line.remove_prefix(1);
  auto const end = line.find_first_of(" \t");
  return equals_ignoring_case(line.substr(0, end), option);
}

}  // namespace

ControlPlace ControlPlace::in(std::filesystem::path const& data_folder) {
  auto const path = data_folder / "control";
  if (path.native().size() <= kLongestSocketPath && path.native().find('#') == std::string::npos)
    return {path, {}};
  return {{}, data_folder / "control.port"};
}

std::string make_torrc(ProcessSettings const& settings, ControlPlace const& place, pid_t owner) {
  std::string out = "# Written by perfd at each start. First the lines of the configuration.\n";
  bool has_socks = false;
  for (auto const& line : settings.torrc) {
    out += line + "\n";
    has_socks = has_socks || is_option(line, "SocksPort");
  }
  out += "# What perfd needs.\n";
  out += "DataDirectory " + quoted(settings.data_folder.string()) + "\n";
  if (!place.unix_socket.empty()) {
    out += "ControlPort unix:" + quoted(place.unix_socket.string()) + "\n";
  } else {
    out += "ControlPort 127.0.0.1:auto\n";
    out += "ControlPortWriteToFile " + quoted(place.port_file.string()) + "\n";
  }
  out += "CookieAuthentication 1\n";
  out += "CookieAuthFile " + quoted((settings.data_folder / "control_auth_cookie").string()) + "\n";
  if (!has_socks) out += "SocksPort 127.0.0.1:auto ExtendedErrors\n";
  out += fmt::format("__OwningControllerProcess {}\n", owner);
  out += "Log notice stdout\n";
  return out;
}

std::optional<runtime::Address> parse_port_file(std::string_view text) {
  for (auto line : split(text, '\n')) {
    line = trim(line);
    std::string address;
    if (line.starts_with("PORT=")) address = line.substr(5);
    if (line.starts_with("UNIX_PORT=")) address = "unix:" + std::string(line.substr(10));
    if (address.empty()) continue;
    if (auto const parsed = runtime::Address::parse(address)) return *parsed;
  }
  return std::nullopt;
}

}  // namespace perfd::tor
