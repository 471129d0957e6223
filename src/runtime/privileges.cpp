#include "runtime/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>

#include "base/text.h"

namespace perfd::runtime {
namespace {

Error system_error(std::string what) {
  return error_from({errno, boost::system::system_category()}, std::move(what));
}

}  // namespace

Result<UserIds> find_user(std::string_view user, std::string_view group) {
  std::string const user_name(user);
  std::string const group_name(group);
  UserIds ids;
  auto const* entry = ::getpwnam(user_name.c_str());
  if (auto const number = parse_int<uid_t>(user); entry == nullptr && number)
    entry = ::getpwuid(*number);
  if (entry == nullptr)
    return Error{"there is no user '" + printable(user, 40) +
                 "': create it (adduser --system --group NAME) or name another in [server] user"};
  ids = {entry->pw_uid, entry->pw_gid};
  if (group.empty()) return ids;
  auto const* group_entry = ::getgrnam(group_name.c_str());
  if (auto const number = parse_int<gid_t>(group); group_entry == nullptr && number)
    group_entry = ::getgrgid(*number);
  if (group_entry == nullptr)
    return Error{"there is no group '" + printable(group, 40) +
                 "'; name another in [server] group"};
  ids.group = group_entry->gr_gid;
  return ids;
}

bool running_as_root() { return ::geteuid() == 0; }

Result<> drop_privileges(UserIds ids) {
  if (ids.user == 0) return Error{"refusing to drop privileges to root"};
  auto const* entry = ::getpwuid(ids.user);
  if (entry != nullptr ? ::initgroups(entry->pw_name, ids.group) != 0
                       : ::setgroups(1, &ids.group) != 0)
    return system_error("set the supplementary groups");
  for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  if (::setresgid(ids.group, ids.group, ids.group) != 0) return system_error("set the group");
  if (::setresuid(ids.user, ids.user, ids.user) != 0) return system_error("set the user");
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  if (::syscall(SYS_capset, &header, none) != 0) return system_error("give up the capabilities");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return system_error("forbid new privileges");
  // The kernel makes a process that changed its ids unreadable to that user, /proc included.
  ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);

  if (::setuid(0) == 0 || ::seteuid(0) == 0 || ::setgid(0) == 0)
    return Error{"root could be regained after dropping privileges; perfd must not go on"};
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  ::getresuid(&real, &effective, &saved);
  if (real != ids.user || effective != ids.user || saved != ids.user)
    return Error{"the user ids did not change as asked; perfd must not go on"};
  return {};
}

Result<> give_to(UserIds ids, std::string_view path) {
  std::filesystem::path const top(path);
  auto const give = [&](std::filesystem::path const& one) -> std::optional<Error> {
    if (::lchown(one.c_str(), ids.user, ids.group) == 0) return std::nullopt;
    return system_error("change the owner of " + one.string());
  };
  if (auto error = give(top)) return *error;
  std::error_code code;
  for (auto it = std::filesystem::recursive_directory_iterator(top, code);
       !code && it != std::filesystem::recursive_directory_iterator(); it.increment(code))
    if (auto error = give(it->path())) return *error;
  return {};
}

}  // namespace perfd::runtime
