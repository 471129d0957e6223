// Names and addresses through tor's RESOLVE and RESOLVE_PTR (socks-extensions, section 2).
// Marks up to RESPONSE, as for a transfer; the answer is in trace.resolved.
// Thread: the measuring loop's. Ownership: the trace outlives the task.
#pragma once

#include "net/transfer.h"

namespace perfd::net {

struct ResolveSpec {
  runtime::Address proxy;
  wire::socks::Version socks_version = wire::socks::Version::kSocks5;
  std::string username;
  std::string password;
  bool require_auth = true;  // as in TransferSpec
  std::string query;         // a name; with `reverse` a numeric address (SOCKS 5 only)
  bool reverse = false;      // RESOLVE_PTR
};

[[nodiscard]] runtime::Task<Result<>> resolve(runtime::Loop& loop, ResolveSpec spec,
                                              TransferTrace& trace);

}  // namespace perfd::net
