// The one process that `perfd testnet up` leaves: it keeps a network until it is told to
// let go.
//
// In the network's folder: `network.pid` (locked for as long as the network lives, so that a
// stale file is no obstacle), `holder.sock` (status, down, progress), `network.json` (the
// same as UpInfo, for other programs), `client.torrc` (the lines for further clients),
// `holder.log`, and `holder.failure` where it did not end in order. Killing the holder, kill -9
// included, ends every tor: its launcher sees to it. Thread: up() REQUIRES a process with one
// thread, for it forks; all block.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "testnet/network.h"

namespace perfd::testnet {

struct ClientInfo {
  std::string nickname;
  std::string socks;             // "127.0.0.1:23456"
  std::string control;           // "127.0.0.1:23457"
  std::filesystem::path cookie;  // what authenticates at the control address
};

// An authority or a relay.
struct NodeInfo {
  std::string nickname;
  std::string role;
  std::string address;
  std::string fingerprint;
  std::string country;                 // empty: nowhere
  std::optional<std::int64_t> weight;  // kB/s; none: as all others
  std::optional<Bytes> rate;           // a second
  std::optional<Bytes> observed;       // a second
  Micros delay{};

  friend bool operator==(NodeInfo const&, NodeInfo const&) = default;
};

struct UpInfo {
  pid_t holder = 0;
  std::filesystem::path folder;
  int authorities = 0;
  int relays = 0;
  bool warm = false;
  Micros start_took{};
  std::vector<NodeInfo> nodes;
  std::vector<ClientInfo> clients;
  std::filesystem::path torrc_file;  // holds torrc_lines
  std::vector<std::string> torrc_lines;
};

// One JSON object on one line, and back.
[[nodiscard]] std::string to_json(UpInfo const& info);
[[nodiscard]] Result<UpInfo> up_info_from_json(std::string_view text);

// Starts a holder in the background and returns when its network is ready. Errors: one
// runs already in that folder (names its pid), and whatever the start can fail with. When
// the caller is killed while it waits, the holder gives up as well.
[[nodiscard]] Result<UpInfo> up(NetworkSpec const& spec, ProgressSink const& sink);

// Errors: none runs there (and why the last one failed, if it did), it is still starting, or it
// does not answer within `patience`.
[[nodiscard]] Result<UpInfo> status(std::filesystem::path const& folder,
                                    Micros patience = Micros{5'000'000});

// Asks the holder to stop and waits until its process is gone; true if one ran. A holder that
// does not answer is killed after `patience`.
[[nodiscard]] Result<bool> down(std::filesystem::path const& folder,
                                Micros patience = Micros{5'000'000});

// The holder's whole life in the foreground: until `down`, SIGTERM, SIGINT, or a node's death.
// Returns the exit code: 0 after `down` or a signal, 1 where the network could not start or lost
// a node. `listening` is called once with the reason for a failure, or with an empty text
// as soon as the holder can be asked. REQUIRES a process with one thread.
int hold(NetworkSpec const& spec, std::function<void(std::string_view)> const& listening);

}  // namespace perfd::testnet
