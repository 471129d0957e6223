#include "app/startup.h"

#include <unistd.h>

#include "app/log.h"
#include "base/text.h"

namespace perfd::app {
namespace {

constexpr int kFirstFreePort = 1024;

Error cannot_listen(runtime::Address const& address, Error const& why) {
  auto text = "can't listen on " + address.text() + ": " + why.message;
  if (why.code == boost::system::errc::permission_denied && address.port() < kFirstFreePort)
    text += "; ports below 1024 need root: start perfd as root, with [server] user to drop to";
  if (why.code == boost::system::errc::address_in_use)
    text += "; another program has it: find it with 'ss -ltnp', or change [server] listen";
  return Error{text, why.code};
}

// Only what is perfd's own: the folder may hold other things.
bool is_own(std::filesystem::path const& entry, DataFolder const& data) {
  auto const name = entry.filename().string();
  return name.starts_with(data.store.filename().string()) || name == data.pid_file().filename() ||
         name == data.log_file().filename() || name == data.status_file().filename() ||
         name == data.tors.filename();
}

Result<> hand_over(DataFolder const& data, runtime::UserIds ids) {
  std::error_code error;
  bool others = false;
  for (auto const& entry : std::filesystem::directory_iterator(data.folder, error)) {
    if (!is_own(entry.path(), data)) {
      others = true;
      continue;
    }
    if (auto given = runtime::give_to(ids, entry.path().string()); !given) return given;
  }
  // A folder that has other things in it, /tmp perhaps, keeps its owner.
  return others ? Result<>{} : runtime::give_to(ids, data.folder.string());
}

Result<> become(config::Server const& server, DataFolder const& data) {
  auto const ids = runtime::find_user(*server.user, server.group.value_or(""));
  if (!ids) return ids.error();
  if (auto given = hand_over(data, *ids); !given) return given;
  if (auto dropped = runtime::drop_privileges(*ids); !dropped) return dropped;
  if (::access(data.folder.c_str(), W_OK | X_OK) != 0)
    return Error{"user " + *server.user + " may not write in " + data.folder.string() +
                 ": chown it, or name another folder in [store] path"};
  log::info("became-user", {{"user", *server.user}});
  return {};
}

}  // namespace

Result<std::vector<runtime::BoundListener>> bind_all(
    std::vector<config::ListenAddress> const& addresses) {
  std::vector<runtime::BoundListener> out;
  for (auto const& [host, port] : addresses) {
    auto const address = runtime::Address::numeric(host, port);
    if (!address) return address.error();
    auto bound = runtime::BoundListener::bind(*address);
    if (!bound) return cannot_listen(*address, bound.error());
    out.push_back(std::move(*bound));
  }
  return out;
}

Result<Started> start_up(config::Settings const& settings, DataFolder const& data) {
  auto measurement = bind_all(settings.server.listen);
  if (!measurement) return measurement.error();
  std::vector<runtime::BoundListener> results;
  if (settings.results.listen) {
    auto bound = bind_all({*settings.results.listen});
    if (!bound) return bound.error();
    results = std::move(*bound);
  }
  if (runtime::running_as_root()) {
    if (settings.server.user) {
      if (auto became = become(settings.server, data); !became) return became.error();
    } else {
      log::warning("runs-as-root", {{"remedy", "name a user in [server] user"}});
    }
  }
  auto launcher = runtime::LauncherChannel::fork_now();
  if (!launcher) return launcher.error();
  return Started{std::move(*measurement), std::move(results), std::move(*launcher)};
}

}  // namespace perfd::app
