// Commands for tor's control port as bytes, line end included (control-spec 3).
//
// Everything that comes from outside is checked: a value with CR, LF or NUL, or a word
// with a space where tor expects one word, is an Error and never a second command.
// Thread: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace perfd::wire::torctl::command {

// 3.21
[[nodiscard]] std::string protocolinfo();
// 3.5: without credentials, with a password, and with a cookie or the hash made from it (hex).
[[nodiscard]] std::string authenticate();
[[nodiscard]] Result<std::string> authenticate_password(std::string_view password);
[[nodiscard]] std::string authenticate_bytes(std::span<const std::byte> cookie_or_hash);
// 3.24: the nonce is random, 32 bytes, from the caller.
[[nodiscard]] std::string authchallenge(std::span<const std::byte> client_nonce);

// 3.4: replaces the set of events; an empty one turns all off.
[[nodiscard]] Result<std::string> setevents(std::span<const std::string> events);

// 3.9, 3.3: at least one key.
[[nodiscard]] Result<std::string> getinfo(std::span<const std::string> keys);
[[nodiscard]] Result<std::string> getconf(std::span<const std::string> keys);

// 3.1, 3.2: all entries or none take effect. Without a value an option returns to its default
// (RESETCONF) or to nothing (SETCONF). A key that takes several lines appears several times.
struct ConfigEntry {
  std::string key;
  std::optional<std::string> value;
};
[[nodiscard]] Result<std::string> setconf(std::span<const ConfigEntry> entries);
[[nodiscard]] Result<std::string> resetconf(std::span<const ConfigEntry> entries);

// 3.7: RELOAD, SHUTDOWN, HALT, NEWNYM, …
[[nodiscard]] Result<std::string> signal(std::string_view name);

// 3.10: circuit 0 makes a new one; an empty path lets tor choose; purpose "general" or
// "controller", or empty.
[[nodiscard]] Result<std::string> extendcircuit(std::uint64_t circuit,
                                                std::span<const std::string> path,
                                                std::string_view purpose = {});
// 3.13: circuit 0 lets tor choose; `hop` counts from 1.
[[nodiscard]] std::string attachstream(std::uint64_t stream, std::uint64_t circuit,
                                       std::optional<unsigned> hop = std::nullopt);
// 3.16: the reason is a number of tor-spec 6.3 (1 MISC, 6 DONE).
[[nodiscard]] std::string closestream(std::uint64_t stream, unsigned reason = 1);
// 3.17
[[nodiscard]] std::string closecircuit(std::uint64_t circuit, bool only_if_unused = false);

// 3.27
struct AddOnion {
  std::string key = "NEW:ED25519-V3";  // or "ED25519-V3:" and the base64 of a private key
  std::vector<std::string> flags;      // Detach, DiscardPK, NonAnonymous, …
  struct Port {
    std::uint16_t virtual_port = 80;
    std::string target;  // "127.0.0.1:8080", "unix:/path", or empty: the same port of loopback
  };
  std::vector<Port> ports;  // at least one
  std::optional<unsigned> max_streams;
};
[[nodiscard]] Result<std::string> add_onion(AddOnion const& service);
// 3.28: the address without ".onion".
[[nodiscard]] Result<std::string> del_onion(std::string_view service_id);

[[nodiscard]] std::string dropguards();     // 3.25
[[nodiscard]] std::string droptimeouts();   // 3.34
[[nodiscard]] std::string takeownership();  // 3.23
[[nodiscard]] std::string quit();           // 3.18

// 3.20: the answer comes as an ADDRMAP event.
[[nodiscard]] Result<std::string> resolve(std::string_view address, bool reverse = false);

}  // namespace perfd::wire::torctl::command
