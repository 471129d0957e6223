// An asynchronous control connection to one tor (control-spec), over TCP or a unix socket.
//
// Commands are answered in the order in which they were sent, each within its own time;
// events go to one subscriber together with the time at which they were read. The loss of
// the connection fails every command that waits, and is told once.
// Owner: a tor instance, a test network's node. Thread: the loop's. The handle may be
// destroyed at any time: that closes the connection, and no handler is called any more.
// Failures: the connection's (code of the system), a time-out (runtime::is_timeout), tor's
// refusal (wire::torctl::reply_category, value 552 and so on).
// Secrets: cookies, passwords and keys are neither logged nor quoted in errors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/loop.h"
#include "runtime/socket.h"
#include "runtime/task.h"
#include "wire/torctl/commands.h"
#include "wire/torctl/event.h"
#include "wire/torctl/reply.h"
#include "wire/torctl/results.h"

namespace perfd::tor {

struct Credentials {
  std::optional<std::string> password;               // for HashedControlPassword
  std::optional<std::filesystem::path> cookie_file;  // instead of the one that tor names
};

class ControlConnection {
 public:
  static constexpr Nanos kTimeout = std::chrono::seconds(10);
  // Of commands whose answer names what is to be undone some time: longer than an instance lets
  // its tor hang, so that no late answer is missed.
  static constexpr Nanos kCreationTimeout = std::chrono::minutes(1);

  // `raw` is the event as tor wrote it, lines joined by '\n'; of NEWCONSENSUS the first alone.
  using EventHandler = std::function<void(WallTime read_at, wire::torctl::Event const& event,
                                          std::string const& raw)>;
  using LossHandler = std::function<void(Error const& why)>;

  // Connects and authenticates: a password where one is given, else SAFECOOKIE, COOKIE, or
  // nothing, as tor offers. The reading task joins `tasks`, which must outlive the handle.
  [[nodiscard]] static runtime::Task<Result<ControlConnection>> open(runtime::Loop& loop,
                                                                     runtime::TaskGroup& tasks,
                                                                     runtime::Address address,
                                                                     Credentials credentials,
                                                                     MonoTime deadline);
  // Over a connected socket; authenticate() is the first thing to do.
  ControlConnection(runtime::Loop& loop, runtime::TaskGroup& tasks, runtime::StreamSocket socket,
                    wire::torctl::ReplyLimits limits = {});
  // None: only connected(), close(), assignment and destruction are allowed.
  ControlConnection() = default;
  ControlConnection(ControlConnection&&) noexcept = default;
  ControlConnection& operator=(ControlConnection&& other) noexcept;
  ~ControlConnection();

  [[nodiscard]] runtime::Task<Result<>> authenticate(Credentials credentials);

  void on_event(EventHandler handler);
  // Called from the loop, not from inside a command, once; not for close().
  void on_loss(LossHandler handler);
  [[nodiscard]] bool connected() const;
  void close();

  // Sends bytes of wire::torctl::command; gives the reply whatever its code.
  // `name` stands in errors: "GETINFO".
  [[nodiscard]] runtime::Task<Result<wire::torctl::Reply>> command(Result<std::string> bytes,
                                                                   std::string name,
                                                                   Nanos timeout = kTimeout);

  using Strings = std::vector<std::string>;
  using ConfigEntries = std::vector<wire::torctl::command::ConfigEntry>;

  // A value that tor sends as data ends each of its lines with '\n'.
  [[nodiscard]] runtime::Task<Result<std::string>> getinfo(std::string key,
                                                           Nanos timeout = kTimeout);
  // Several keys at once: all or none.
  [[nodiscard]] runtime::Task<Result<wire::torctl::Keywords>> getinfo(Strings keys,
                                                                      Nanos timeout = kTimeout);
  [[nodiscard]] runtime::Task<Result<wire::torctl::ConfigValues>> getconf(Strings keys);
  [[nodiscard]] runtime::Task<Result<>> setconf(ConfigEntries entries);
  [[nodiscard]] runtime::Task<Result<>> resetconf(ConfigEntries entries);
  [[nodiscard]] runtime::Task<Result<>> setevents(Strings events);
  // Those of the wanted events that this tor knows, which are then subscribed to.
  [[nodiscard]] runtime::Task<Result<Strings>> subscribe(Strings wanted);
  [[nodiscard]] runtime::Task<Result<>> signal(std::string name);
  // The circuit's id; it is built later, as CIRC events tell.
  [[nodiscard]] runtime::Task<Result<std::uint64_t>> extendcircuit(std::uint64_t circuit,
                                                                   Strings path,
                                                                   std::string purpose = {});
  [[nodiscard]] runtime::Task<Result<>> attachstream(std::uint64_t stream, std::uint64_t circuit);
  [[nodiscard]] runtime::Task<Result<>> closestream(std::uint64_t stream, unsigned reason = 1);
  [[nodiscard]] runtime::Task<Result<>> closecircuit(std::uint64_t circuit,
                                                     bool only_if_unused = false);
  [[nodiscard]] runtime::Task<Result<wire::torctl::OnionService>> add_onion(
      wire::torctl::command::AddOnion service);
  [[nodiscard]] runtime::Task<Result<>> del_onion(std::string service_id);
  [[nodiscard]] runtime::Task<Result<>> dropguards();
  [[nodiscard]] runtime::Task<Result<>> droptimeouts();
  [[nodiscard]] runtime::Task<Result<>> takeownership();
  // The answer comes as an ADDRMAP event.
  [[nodiscard]] runtime::Task<Result<>> resolve(std::string address, bool reverse = false);

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the reading task, which may outlive the handle
};

}  // namespace perfd::tor
