// The measuring client: fetches a payload through a SOCKS proxy, or without one, and sets
// every mark on the way (docs/measurement.md defines each).
//
//   TransferTrace trace;                                   // the zero point of its clock is now
//   auto done = co_await with_deadline(until, transfer(loop, spec, trace));
//   // `trace` has all that was reached, whatever became of `done`
//
// Errors are net::Errc; trace.step tells what was being done. No name is resolved here: the
// proxy does that; without a proxy the host must be numeric.
// Thread: the measuring loop's. Ownership: the trace outlives the task.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/mark.h"
#include "model/measurement.h"
#include "net/errors.h"
#include "runtime/address.h"
#include "runtime/clock.h"
#include "runtime/loop.h"
#include "runtime/task.h"
#include "wire/socks/types.h"

namespace perfd::net {

struct TransferSpec {
  std::optional<runtime::Address> proxy;  // TCP or unix; none: connect directly
  wire::socks::Version socks_version = wire::socks::Version::kSocks5;
  std::string username;  // SOCKS 5 user name, SOCKS 4 user id; empty: none
  std::string password;  // SOCKS 5 only
  // With a user name, a SOCKS 5 proxy that would go on without it is an error
  // (kSocksProtocol): with tor, the isolation that the name asks for would silently be
  // lost. False for a foreign proxy, which may know no user names.
  bool require_auth = true;

  std::string host;  // name or numeric address of the server, as the proxy gets it
  std::uint16_t port = 80;
  std::string target = "/";  // path and query
  std::string host_field;    // of the request; empty: made from host and port

  std::optional<std::int64_t> expected_bytes;      // of payload; another length is an error
  std::int64_t max_bytes = std::int64_t{1} << 32;  // bound where none is expected
  std::string measurement;   // id for the server's observations; empty: not sent
  bool must_verify = false;  // a server that does not tell what it sends is an error (kCorrupted)
  bool optimistic = false;   // send the request right behind the SOCKS request
};

// What a measurement is doing; of a failed one, the step that failed.
enum class Step : std::uint8_t {
  start,
  connect,        // to the proxy, or to the server without one
  negotiate,      // SOCKS method and credentials
  socks_request,  // SOCKS request and its reply
  http_request,   // writing the request
  upload,         // writing the request's body
  http_response,  // waiting for the response's head
  payload,
  done,
};
// "start", "connect", "socks negotiate", "socks request", "http request", "upload",
// "http response", "payload", "done".
[[nodiscard]] std::string_view name(Step step);

struct TransferTrace {
  runtime::TraceClock clock;
  Step step = Step::start;
  model::Marks marks;
  std::int64_t readbytes = 0;      // from the socket, SOCKS and HTTP included
  std::int64_t writebytes = 0;     // to the socket
  std::int64_t payload_bytes = 0;  // that came and, where `verifiable`, were found right; of an
                                   // upload: that the server told it has
  std::int64_t handed_bytes = 0;   // upload() only: of the body, handed to the socket
  bool verifiable = false;         // the server told what it sends (payload.h)
  bool verified = false;           // the whole payload came and was compared
  std::optional<int> socks_reply;
  std::optional<int> http_status;
  model::Endpoint local, proxy, remote;  // remote.address: known without a proxy only
  std::string resolved;                  // resolve() only: the answer

  // START: the zero point of the clock.
  void mark_start();
  // A mark of something that perfd itself did, in a call that lasted from `begun` until now.
  void mark_done(std::string_view mark_name, MonoTime begun);
};

// Fetches spec.target with GET.
[[nodiscard]] runtime::Task<Result<>> transfer(runtime::Loop& loop, TransferSpec spec,
                                               TransferTrace& trace);

}  // namespace perfd::net
