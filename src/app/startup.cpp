#include "app/startup.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace perfd::app {
namespace {

// Root gives files away only where nobody else could have put them: a folder that is a
// user's already has been handed over before, and may hold traps.
bool is_roots(std::filesystem::path const& folder) {
  struct stat status {};
  return ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == 0 &&
         (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

// Only what is perfd's own: the folder may hold other things.
bool is_own(std::filesystem::path const& entry, DataFolder const& data) {
  auto const name = entry.filename().string();
  return name.starts_with(data.store.filename().string()) || name == data.pid_file().filename() ||
         name == data.log_file().filename() || name == data.status_file().filename() ||
         name == data.tors.filename() || name == data.tls().filename() ||
         name == data.lists().filename() || name == data.browsers().filename() ||
         name == data.screenshots().filename() ||
         name == data.onion_key("").parent_path().filename();
}

Result<> hand_over(DataFolder const& data, runtime::UserIds ids) {
  // Root made or opened these just now. The owner of a link would be changed, not its target.
  for (auto const& path : {data.pid_file(), data.log_file()})
    if (::lchown(path.c_str(), ids.user, ids.group) != 0 && errno != ENOENT)
      return Error{"can't give " + path.string() + " to the user of [server] user"};
  if (!is_roots(data.folder)) return {};
  std::error_code error;
  bool others = false;
  for (auto const& entry : std::filesystem::directory_iterator(data.folder, error)) {
    if (!is_own(entry.path(), data)) {
      others = true;
      continue;
    }
    if (auto given = runtime::give_to(ids, entry.path().string()); !given) return given;
  }
  // A folder that has other things in it keeps its owner.
  return others ? Result<>{} : runtime::give_to(ids, data.folder.string());
}

Result<> become(config::Server const& server, DataFolder const& data) {
  auto const ids = runtime::find_user(*server.user, server.group.value_or(""));
  if (!ids) return ids.error();
  if (auto given = hand_over(data, *ids); !given) return given;
  if (auto dropped = runtime::drop_privileges(*ids); !dropped) return dropped;
  for (auto const& path : {data.folder, data.store})
    if (::access(path.c_str(), W_OK) != 0 && errno != ENOENT)
      return Error{"user " + *server.user + " may not write " + path.string() + ": chown -R " +
                   *server.user + " " + data.folder.string() +
                   ", or name another folder in [store] path"};
  return {};
}

}  // namespace

Result<std::vector<runtime::BoundListener>> bind_all(
    std::vector<config::ListenAddress> const& addresses, std::string_view setting) {
  std::vector<runtime::BoundListener> out;
  for (auto const& [host, port] : addresses) {
    auto const address = runtime::Address::numeric(host, port);
    if (!address) return address.error();
    auto bound = runtime::BoundListener::bind(*address);
    if (!bound)
      return Error{std::string(setting) + ": " + bound.error().message, bound.error().code};
    out.push_back(std::move(*bound));
  }
  return out;
}

Result<Listeners> start_up(config::Settings const& settings, DataFolder const& data) {
  auto measurement = bind_all(settings.server.listen, "[server] listen");
  if (!measurement) return measurement.error();
  auto tls = bind_all(settings.server.listen_tls, "[server] listen-tls");
  if (!tls) return tls.error();
  std::vector<runtime::BoundListener> results;
  if (settings.results.listen) {
    auto bound = bind_all({*settings.results.listen}, "[results] listen");
    if (!bound) return bound.error();
    results = std::move(*bound);
  }
  if (runtime::running_as_root() && settings.server.user)
    if (auto became = become(settings.server, data); !became) return became.error();
  return Listeners{std::move(*measurement), std::move(*tls), std::move(results)};
}

std::optional<std::string> user_warning(config::Server const& server) {
  if (runtime::running_as_root())
    return "perfd runs as root: name a user in [server] user, and it will be that user";
  if (!server.user) return std::nullopt;
  auto const ids = runtime::find_user(*server.user, server.group.value_or(""));
  if (ids && ids->user == ::geteuid()) return std::nullopt;
  return "perfd is not user " + *server.user + ", as [server] user asks: only root can become that";
}

}  // namespace perfd::app
