// Where the page's key figures come from.
// Thread: of whoever makes an answer; it may block.
#pragma once

#include "web/api/refusal.h"
#include "web/page/summary.h"

namespace perfd::web {

namespace api {
struct Sources;
}

[[nodiscard]] api::Checked<Summary> summary_of(api::Sources& sources, WallTime now);

}  // namespace perfd::web
