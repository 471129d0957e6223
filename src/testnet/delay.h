// A forwarder that holds every byte for a while in both directions: distance on loopback,
// where the kernel offers none.
//
// Each connection to `outer` becomes one to `inner`. Bytes, and the end of a direction, are
// passed on `delay` after they came by the kernel's stamp; a reader that is ahead of its writer by
// 8 MiB waits. A connection's first bytes come 3 x `delay` after its begin, as behind a handshake.
// What is passed on late is so by the loop's own wait for the CPU: about 40 us, idle.
// Owner: TestNetwork or a test. Thread: the loop's.
#pragma once

#include <memory>

#include "base/result.h"
#include "base/units.h"
#include "runtime/loop.h"
#include "runtime/socket.h"
#include "testnet/plan.h"

namespace perfd::testnet {

class DelayForwarder {
 public:
  // Listens at once; port 0 of `outer` takes any.
  [[nodiscard]] static Result<std::unique_ptr<DelayForwarder>> start(runtime::Loop& loop,
                                                                     Endpoint const& outer,
                                                                     Endpoint const& inner,
                                                                     Micros delay);
  [[nodiscard]] runtime::Address const& address() const { return listener_.address(); }
  runtime::Task<> stop();

  DelayForwarder(runtime::Loop& loop, runtime::Listener listener, runtime::Address inner,
                 Micros delay);

 private:
  runtime::Task<> accept();
  runtime::Task<> forward(runtime::StreamSocket near, MonoTime accepted_at);

  runtime::Loop& loop_;
  runtime::Listener listener_;
  runtime::Address inner_;
  Micros delay_;
  runtime::TaskGroup tasks_;
};

}  // namespace perfd::testnet
