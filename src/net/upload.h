// The measuring client for uploads: posts random bytes, through a SOCKS proxy or without one, and
// sets every mark on the way. What transfer.h says of a download holds for it, too.
// Thread: the measuring loop's. Ownership: the trace outlives the task.
#pragma once

#include "net/transfer.h"
#include "runtime/pool.h"

namespace perfd::net {

// Works out the digest of an upload of that size, once, so that no measurement of it does while it
// runs: on the pool, as it takes about a second a GiB; without one (null) at once, blocking. The
// pool goes on with it where the task is cancelled.
[[nodiscard]] runtime::Task<> prepare_upload(runtime::Loop& loop, runtime::Pool* pool,
                                             std::int64_t bytes);

// Posts `bytes` bytes to spec.target. A server that tells their number and SHA-256, as perfd's
// does, must tell the right ones; with `must_verify` it has to tell them. `expected_bytes` and
// `max_bytes` have no meaning here.
[[nodiscard]] runtime::Task<Result<>> upload(runtime::Loop& loop, TransferSpec spec,
                                             std::int64_t bytes, TransferTrace& trace);

}  // namespace perfd::net
