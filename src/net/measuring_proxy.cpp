#include "net/measuring_proxy.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <optional>

#include "base/at_exit.h"
#include "net/proxy_relay.h"

namespace perfd::net {
namespace {

constexpr Nanos kSweepInterval = std::chrono::seconds{1};
constexpr int kAcceptTurn = 32;  // connections
// How long a lack of descriptors is waited out.
constexpr Nanos kAcceptPause = std::chrono::milliseconds{100};

}  // namespace

struct MeasuringProxy::Impl {
  Impl(runtime::Loop& on, ProxySettings with, ProxyObserver& to)
      : loop(on), settings(std::move(with)), observer(to), slot_free(on.context()), group(on) {
    slot_free.set();
  }

  runtime::Task<> accept();
  runtime::Task<> serve(runtime::Listener::Accepted accepted);
  runtime::Task<> sweep();

  runtime::Loop& loop;
  ProxySettings settings;
  ProxyObserver& observer;
  std::optional<runtime::Listener> listener;
  std::list<ProxyRelay*> relays;  // owned by their tasks
  runtime::Event slot_free;
  runtime::TaskGroup group;  // depends on all of the above
  std::uint64_t accepted = 0;
  bool sweeping = false;
};

runtime::Task<> MeasuringProxy::Impl::accept() {
  for (int turn = 1;; ++turn) {
    // Those that were accepted get their turn, too.
    if (turn % kAcceptTurn == 0)
      co_await boost::asio::post(loop.executor(),
                                 boost::asio::use_awaitable_t<runtime::Executor>{});
    while (relays.size() >= settings.max_connections) {
      slot_free.reset();
      co_await slot_free.wait();
    }
    auto next = co_await listener->accept();
    if (!next) {
      co_await runtime::sleep_for(kAcceptPause);
      continue;
    }
    group.spawn("proxy connection", serve(std::move(*next)));
    if (!std::exchange(sweeping, true)) group.spawn("proxy sweep", sweep());
  }
}

runtime::Task<> MeasuringProxy::Impl::serve(runtime::Listener::Accepted connection) {
  ProxyRelay relay(loop, settings, std::move(connection), ++accepted);
  auto const place = relays.insert(relays.end(), &relay);
  AtExit const done([&] {
    relays.erase(place);
    slot_free.set();
    observer.on_connection(relay.record());
  });
  co_await relay.run();
}

// Runs only while there are connections, so that an idle proxy wakes up for nothing.
runtime::Task<> MeasuringProxy::Impl::sweep() {
  do {
    co_await runtime::sleep_for(kSweepInterval);
    auto const now = runtime::mono_now();
    for (auto* const relay : relays)
      if (relay->deadline() < now) relay->close("nothing came for too long");
  } while (!relays.empty());
  sweeping = false;
}

MeasuringProxy::MeasuringProxy(runtime::Loop& loop, ProxySettings settings, ProxyObserver& observer)
    : impl_(std::make_unique<Impl>(loop, std::move(settings), observer)) {}
MeasuringProxy::~MeasuringProxy() = default;

void MeasuringProxy::listen(runtime::BoundListener bound) {
  impl_->listener.emplace(impl_->loop, std::move(bound));
  impl_->group.spawn("accept on " + impl_->listener->address().text(), impl_->accept());
}

runtime::Task<> MeasuringProxy::stop() {
  co_await impl_->group.stop();
  if (impl_->listener) impl_->listener->close();
}

runtime::Address const& MeasuringProxy::address() const { return impl_->listener->address(); }
std::size_t MeasuringProxy::open() const { return impl_->relays.size(); }

}  // namespace perfd::net
