// One connection of a program through the measuring proxy into tor.
// Thread: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "model/mark.h"

namespace perfd::model {

// Names of the marks of a proxy connection. What the proxy does towards tor has Torperf's names:
// SOCKET, CONNECT, NEGOTIATE, REQUEST, RESPONSE. "Up" is from the program to tor, "down" back.
namespace mark {
inline constexpr std::string_view kProxyAccept = "ACCEPT";  // the program's connection
inline constexpr std::string_view kProxyNegotiated = "NEGOTIATED";
inline constexpr std::string_view kProxyRequested = "REQUESTED";  // its SOCKS request has come
inline constexpr std::string_view kProxyReplied = "REPLIED";      // and was answered
inline constexpr std::string_view kUpFirst = "UPFIRST";           // payload that came to the proxy
inline constexpr std::string_view kUpLast = "UPLAST";
inline constexpr std::string_view kDownFirst = "DOWNFIRST";
inline constexpr std::string_view kDownLast = "DOWNLAST";
inline constexpr std::string_view kProxyClose = "CLOSE";  // both ways have ended
}  // namespace mark

// Payload that came from the program in one read: as a rule a request, or a part of one.
struct ProxiedRequest {
  WallTime at{};
  std::string target;  // where it begins with a plain HTTP request: its target; else empty

  friend bool operator==(ProxiedRequest const&, ProxiedRequest const&) = default;
};

struct ProxyConnection {
  std::uint64_t number = 0;  // 1, 2, … in the order of acceptance by one proxy
  WallTime accepted_at{};
  std::string peer;  // the program's end, "127.0.0.1:40022"
  std::string host;  // what the program asked for; a name where it left resolving to the proxy
  std::uint16_t port = 0;
  std::string username;        // that isolates it in tor
  std::string source_address;  // the proxy's end towards tor: SOURCE_ADDR of its stream
  bool optimistic = false;     // the program was told of success before tor was
  Marks marks;
  std::vector<ProxiedRequest> requests;  // its first 256 reads of payload from the program
  std::int64_t bytes_up = 0;             // payload, without the handshakes
  std::int64_t bytes_down = 0;
  std::int64_t early_bytes = 0;    // of bytes_up, handed to tor before its reply came
  std::optional<int> socks_reply;  // tor's, extended codes included
  std::string closed_by;           // client, server (or tor), perfd; who ended it first
  std::string error;               // for a person; empty: an orderly end

  friend bool operator==(ProxyConnection const&, ProxyConnection const&) = default;
};

}  // namespace perfd::model
