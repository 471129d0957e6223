#include "net/server.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <optional>

#include "net/server_connection.h"
#include "runtime/random.h"

namespace perfd::net {
namespace {

constexpr Nanos kSweepInterval = std::chrono::seconds{1};
constexpr int kAcceptTurn = 32;  // connections
// How long a lack of descriptors is waited out.
constexpr Nanos kAcceptPause = std::chrono::milliseconds{100};

ServerContext make_context(ServerOptions const& options, Route* route, ServerObserver* observer) {
  auto const seed = options.seed != 0 ? options.seed : runtime::random_u64();
  return {options, route, observer, std::make_unique<PayloadFile const>(seed),
          {},      {},    {},       runtime::random_u64(),
          {},      {}};
}

}  // namespace

std::string const& ServerContext::date(MonoTime now) {
  if (now < date_until) return date_line;
  date_until = now + std::chrono::seconds{1};
  auto const time = std::chrono::floor<std::chrono::seconds>(runtime::wall_now());
  auto const day = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day const date(day);
  std::chrono::hh_mm_ss const clock_time(time - day);
  static constexpr char const* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr char const* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  date_line = fmt::format(
      "Date: {}, {:02} {} {} {:02}:{:02}:{:02} GMT\r\n",
      kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
      kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
      clock_time.hours().count(), clock_time.minutes().count(), clock_time.seconds().count());
  return date_line;
}

struct MeasurementServer::Impl {
  Impl(runtime::Loop& serving, ServerOptions const& options, Route* route, ServerObserver* observer)
      : loop(serving),
        context(make_context(options, route, observer)),
        slot_free(serving.context()),
        group(serving) {
    slot_free.set();
  }

  struct Place {
    runtime::Listener listener;
    std::optional<runtime::TlsContext> tls;
  };
  void listen(runtime::BoundListener bound, std::optional<runtime::TlsContext> tls);
  runtime::Task<> accept(Place& place);
  runtime::Task<> serve(runtime::Listener::Accepted accepted, runtime::TlsContext const* tls);
  runtime::Task<> sweep();
  void update_slots() {
    if (open < context.options.max_connections)
      slot_free.set();
    else
      slot_free.reset();
  }

  runtime::Loop& loop;
  ServerContext context;
  std::list<Place> places;
  std::list<ServerConnection*> connections;  // owned by their tasks
  runtime::Event slot_free;
  runtime::TaskGroup group;  // depends on all of the above
  std::size_t open = 0;      // accepted and not ended
  bool sweeping = false;
};

runtime::Task<> MeasurementServer::Impl::accept(Place& place) {
  for (int turn = 1;; ++turn) {
    // Those that were accepted get their turn, too.
    if (turn % kAcceptTurn == 0)
      co_await boost::asio::post(loop.executor(),
                                 boost::asio::use_awaitable_t<runtime::Executor>{});
    co_await slot_free.wait();
    auto accepted = co_await place.listener.accept();
    if (!accepted) {
      co_await runtime::sleep_for(kAcceptPause);
      continue;
    }
    ++context.stats.accepted;
    ++open;
    update_slots();
    group.spawn("connection", serve(std::move(*accepted), place.tls ? &*place.tls : nullptr));
    if (!sweeping) {
      sweeping = true;
      group.spawn("sweep", sweep());
    }
  }
}

runtime::Task<> MeasurementServer::Impl::serve(runtime::Listener::Accepted accepted,
                                               runtime::TlsContext const* tls) {
  ServerConnection connection(context, std::move(accepted), tls);
  struct Listed {
    Impl& impl;
    std::list<ServerConnection*>::iterator place;
    ~Listed() {
      impl.connections.erase(place);
      --impl.open;
      impl.update_slots();
    }
  } const listed{*this, connections.insert(connections.end(), &connection)};
  co_await connection.serve();
}

// Runs only while there are connections, so that an idle server wakes up for nothing.
runtime::Task<> MeasurementServer::Impl::sweep() {
  do {
    co_await runtime::sleep_for(kSweepInterval);
    auto const now = runtime::mono_now();
    for (auto* const connection : connections)
      if (connection->deadline() < now) {
        ++context.stats.timed_out;
        connection->close();
      }
  } while (!connections.empty());
  sweeping = false;
}

MeasurementServer::MeasurementServer(runtime::Loop& loop, ServerOptions options, Route* route,
                                     ServerObserver* observer)
    : impl_(std::make_unique<Impl>(loop, options, route, observer)) {}

MeasurementServer::~MeasurementServer() = default;

void MeasurementServer::Impl::listen(runtime::BoundListener bound,
                                     std::optional<runtime::TlsContext> tls) {
  places.push_back({runtime::Listener(loop, std::move(bound)), std::move(tls)});
  auto& place = places.back();
  group.spawn("accept on " + place.listener.address().text(), accept(place));
}

void MeasurementServer::listen(runtime::BoundListener bound) {
  impl_->listen(std::move(bound), std::nullopt);
}

void MeasurementServer::listen(runtime::BoundListener bound, runtime::TlsContext tls) {
  impl_->listen(std::move(bound), std::move(tls));
}

void MeasurementServer::renew(runtime::TlsContext const& tls) {
  for (auto& place : impl_->places)
    if (place.tls) place.tls = tls;
}

runtime::Task<> MeasurementServer::stop() {
  co_await impl_->group.stop();
  for (auto& place : impl_->places) place.listener.close();
}

std::vector<runtime::Address> MeasurementServer::addresses() const {
  std::vector<runtime::Address> out;
  for (auto const& place : impl_->places) out.push_back(place.listener.address());
  return out;
}

ServerStats MeasurementServer::stats() const {
  auto stats = impl_->context.stats;
  stats.connections = impl_->connections.size();
  return stats;
}

}  // namespace perfd::net
