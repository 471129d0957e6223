#include "wire/torctl/commands.h"

#include <utility>

#include "base/text.h"
#include "wire/torctl/text.h"

namespace perfd::wire::torctl::command {
namespace {

Error bad_word(std::string_view command, std::string_view word) {
  return Error{std::string(command) + ": \"" + printable(word, 80) +
               "\" is not one word that the control port could take"};
}

Result<std::string> words(std::string_view command, std::span<const std::string> arguments) {
  std::string out(command);
  for (auto const& word : arguments) {
    if (!is_word(word)) return bad_word(command, word);
    out += ' ';
    out += word;
  }
  return success(out + "\r\n");
}

Result<std::string> keys(std::string_view command, std::span<const std::string> arguments) {
  if (arguments.empty()) return Error{std::string(command) + ": no key"};
  return words(command, arguments);
}

Result<std::string> config(std::string_view command, std::span<const ConfigEntry> entries) {
  if (entries.empty()) return Error{std::string(command) + ": no option"};
  std::string out(command);
  for (auto const& [key, value] : entries) {
    if (!is_word(key) || key.find('=') != std::string::npos) return bad_word(command, key);
    out += ' ';
    out += key;
    if (!value) continue;
    auto quoted = quote(*value);
    if (quoted.has_error()) return quoted.error();
    out += '=';
    out += *quoted;
  }
  return success(out + "\r\n");
}

// One word inside a comma-separated list.
bool is_item(std::string_view text) {
  return is_word(text) && text.find(',') == std::string_view::npos;
}

}  // namespace

std::string protocolinfo() { return "PROTOCOLINFO 1\r\n"; }

std::string authenticate() { return "AUTHENTICATE\r\n"; }

Result<std::string> authenticate_password(std::string_view password) {
  auto quoted = quote(password);
  // The message of quote() would show the password.
  if (quoted.has_error()) return Error{"the control password has a line end or NUL in it"};
  return success("AUTHENTICATE " + *quoted + "\r\n");
}

std::string authenticate_bytes(std::span<const std::byte> cookie_or_hash) {
  return "AUTHENTICATE " + hex(cookie_or_hash) + "\r\n";
}

std::string authchallenge(std::span<const std::byte> client_nonce) {
  return "AUTHCHALLENGE SAFECOOKIE " + hex(client_nonce) + "\r\n";
}

Result<std::string> setevents(std::span<const std::string> events) {
  return words("SETEVENTS", events);
}

Result<std::string> getinfo(std::span<const std::string> wanted) { return keys("GETINFO", wanted); }
Result<std::string> getconf(std::span<const std::string> wanted) { return keys("GETCONF", wanted); }

Result<std::string> setconf(std::span<const ConfigEntry> entries) {
  return config("SETCONF", entries);
}
Result<std::string> resetconf(std::span<const ConfigEntry> entries) {
  return config("RESETCONF", entries);
}

Result<std::string> signal(std::string_view name) {
  std::string const word(name);
  return words("SIGNAL", std::span(&word, 1));
}

Result<std::string> extendcircuit(std::uint64_t circuit, std::span<const std::string> path,
                                  std::string_view purpose) {
  std::string out = "EXTENDCIRCUIT " + std::to_string(circuit);
  char separator = ' ';
  for (auto const& hop : path) {
    if (!is_item(hop)) return bad_word("EXTENDCIRCUIT", hop);
    out += separator;
    out += hop;
    separator = ',';
  }
  if (!purpose.empty()) {
    if (!is_word(purpose)) return bad_word("EXTENDCIRCUIT", purpose);
    out += " purpose=";
    out += purpose;
  }
  return success(out + "\r\n");
}

std::string attachstream(std::uint64_t stream, std::uint64_t circuit, std::optional<unsigned> hop) {
  auto out = "ATTACHSTREAM " + std::to_string(stream) + " " + std::to_string(circuit);
  if (hop) out += " HOP=" + std::to_string(*hop);
  return out + "\r\n";
}

std::string closestream(std::uint64_t stream, unsigned reason) {
  return "CLOSESTREAM " + std::to_string(stream) + " " + std::to_string(reason) + "\r\n";
}

std::string closecircuit(std::uint64_t circuit, bool only_if_unused) {
  return "CLOSECIRCUIT " + std::to_string(circuit) + (only_if_unused ? " IfUnused\r\n" : "\r\n");
}

Result<std::string> add_onion(AddOnion const& service) {
  // Messages never show the key.
  if (!is_word(service.key) || service.key.find(':') == std::string::npos)
    return Error{"ADD_ONION: the key is not of the form TYPE:KEY"};
  if (service.ports.empty()) return Error{"ADD_ONION: no port"};
  std::string out = "ADD_ONION " + service.key;
  std::string_view separator = " Flags=";
  for (auto const& flag : service.flags) {
    if (!is_item(flag)) return bad_word("ADD_ONION", flag);
    out += separator;
    out += flag;
    separator = ",";
  }
  if (service.max_streams) out += " MaxStreams=" + std::to_string(*service.max_streams);
  for (auto const& [port, target] : service.ports) {
    out += " Port=" + std::to_string(port);
    if (target.empty()) continue;
    if (!is_item(target)) return bad_word("ADD_ONION", target);
    out += ',';
    out += target;
  }
  return success(out + "\r\n");
}

Result<std::string> del_onion(std::string_view service_id) {
  std::string const word(service_id);
  return words("DEL_ONION", std::span(&word, 1));
}

std::string dropguards() { return "DROPGUARDS\r\n"; }
std::string droptimeouts() { return "DROPTIMEOUTS\r\n"; }
std::string takeownership() { return "TAKEOWNERSHIP\r\n"; }
std::string quit() { return "QUIT\r\n"; }

Result<std::string> resolve(std::string_view address, bool reverse) {
  if (!is_word(address) || address.find('=') != std::string_view::npos)
    return bad_word("RESOLVE", address);
  return success((reverse ? "RESOLVE mode=reverse " : "RESOLVE ") + std::string(address) + "\r\n");
}

}  // namespace perfd::wire::torctl::command
