// Where answers come from. Implemented by app over the store and what the daemon tells of itself.
// Thread: of whoever makes an answer; they may block.
#pragma once

namespace perfd::web::api {

struct Sources {};

}  // namespace perfd::web::api
