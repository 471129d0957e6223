// Giving up root for good, once the ports below 1024 are bound.
// Thread: while the process has one thread.
#pragma once

#include <sys/types.h>

#include <string_view>

#include "base/result.h"

namespace perfd::runtime {

struct UserIds {
  uid_t user = 0;
  gid_t group = 0;
};

// The ids of a user and a group by name or number; an empty group is the user's own.
[[nodiscard]] Result<UserIds> find_user(std::string_view user, std::string_view group);

[[nodiscard]] bool running_as_root();

// Becomes that user and group: supplementary groups of the user, real, effective and
// saved ids, no capabilities, no new ones by exec. Checks that root can't be regained;
// an error means that the process must not go on.
[[nodiscard]] Result<> drop_privileges(UserIds ids);

// Hands a file or folder, with everything below it, to the user; symbolic links are not followed.
[[nodiscard]] Result<> give_to(UserIds ids, std::string_view path);

}  // namespace perfd::runtime
