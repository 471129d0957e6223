// Runs one transfer under a deadline, for tests.
// Thread: the loop's.
#pragma once

#include "net/transfer.h"
#include "runtime/deadline.h"

namespace perfd::net::test {

inline Result<> run_transfer(runtime::Loop& loop, TransferSpec spec, TransferTrace& trace,
                             Nanos limit = std::chrono::seconds{10}) {
  return loop.run_until_done(
      runtime::with_deadline(runtime::mono_now() + limit, transfer(loop, std::move(spec), trace)));
}

// For `size` bytes of payload from `server`, directly.
inline TransferSpec payload_of(runtime::Address const& server, std::int64_t size) {
  TransferSpec spec;
  spec.host = server.host();
  spec.port = server.port();
  spec.target = "/urandom/" + std::to_string(size);
  spec.expected_bytes = size;
  spec.must_verify = true;
  return spec;
}

}  // namespace perfd::net::test
