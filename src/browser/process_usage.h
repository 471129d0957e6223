// What a process and all its descendants take, from /proc (proc(5)).
// Internal to the room. Thread: any. It blocks.
#pragma once

#include <sys/types.h>

#include "browser/firefox.h"

namespace perfd::browser {

// PSS costs some 0.1 s for a browser, since the kernel walks the page tables of each process. RSS
// costs nothing and is never less, for it counts what processes share in each of them.
enum class Memory : std::uint8_t { pss, rss };

[[nodiscard]] Usage usage_of_tree(pid_t root, Memory memory);

}  // namespace perfd::browser
