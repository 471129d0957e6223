#include "app/measuring_door.h"

#include <optional>
#include <system_error>
#include <utility>

#include "base/at_exit.h"
#include "base/text.h"
#include "runtime/clock.h"

namespace perfd::app {
namespace {

// Nothing on the measuring loop takes this long.
constexpr auto kStateLimit = std::chrono::seconds(2);
constexpr auto kStateKept = std::chrono::seconds(1);
// A probe has its own deadline; behind it come short waits for tor's events and the browser's end.
constexpr auto kProbeGrace = std::chrono::seconds(5);

template <class T>
struct Asked {
  explicit Asked(runtime::Loop& serving) : done(serving.context()) {}
  runtime::Event done;
  std::optional<Result<T>> answer;
};

std::uint64_t size_on_disk(std::filesystem::path const& store) {
  std::uint64_t sum = 0;
  for (auto const* suffix : {"", "-wal"}) {
    std::error_code error;
    auto const size = std::filesystem::file_size(store.string() + suffix, error);
    if (!error) sum += size;
  }
  return sum;
}

}  // namespace

MeasuringDoor::MeasuringDoor(runtime::Loop& measuring, MeasuringSide& side)
    : measuring_(measuring), shared_(std::make_shared<Shared>(Shared{&side})) {}

void MeasuringDoor::close() { shared_->side = nullptr; }

Asker::Asker(MeasuringDoor& door, runtime::Loop& serving, runtime::Pool& pool,
             std::filesystem::path store)
    : measuring_(door.measuring_),
      door_(door.shared_),
      serving_(serving),
      pool_(pool),
      store_(std::move(store)) {}

// Only the serving loop ever holds the event, which is its own: others have a weak pointer.
template <class T>
runtime::Task<Result<T>> Asker::ask(
    std::function<void(MeasuringSide&, std::function<void(Result<T>)>)> question, Nanos limit) {
  auto const asked = std::make_shared<Asked<T>>(serving_);
  auto post = [door = door_, serving = &serving_, weak = std::weak_ptr<Asked<T>>(asked),
               question = std::move(question)] {
    if (door->side == nullptr) return;
    auto told = [door, serving, weak](Result<T> answer) {
      if (door->side == nullptr) return;
      serving->post([weak, answer = std::move(answer)]() mutable {
        auto const waiting = weak.lock();
        if (!waiting) return;
        waiting->answer.emplace(std::move(answer));
        waiting->done.set();
      });
    };
    question(*door->side, std::move(told));
  };
  measuring_.post(std::move(post));
  bool const came = co_await asked->done.wait_until(runtime::mono_now() + limit);
  if (came) co_return std::move(*asked->answer);
  co_return Error{"the measuring half of perfd has not answered within " +
                  describe_duration(floor_us(limit))};
}

struct Asker::StateAsked {
  explicit StateAsked(runtime::Loop& serving) : done(serving.context()) {}
  MonoTime at = runtime::mono_now();
  runtime::Event done;
  std::optional<Result<web::DaemonState>> answer;  // nothing when done: who asked went away
};

// However many ask, the measuring loop is asked once a second: it has marks to take.
runtime::Task<Result<web::DaemonState>> Asker::state() {
  if (auto const asked = state_asked_; asked && runtime::mono_now() - asked->at < kStateKept) {
    co_await asked->done.wait();
    if (asked->answer) co_return *asked->answer;
  }
  auto const asked = state_asked_ = std::make_shared<StateAsked>(serving_);
  AtExit const told([&] { asked->done.set(); });
  auto state = co_await ask_state();
  asked->answer.emplace(state);
  co_return state;
}

runtime::Task<Result<web::DaemonState>> Asker::ask_state() {
  std::function<void(MeasuringSide&, std::function<void(Result<web::DaemonState>)>)> question =
      [](MeasuringSide& side, auto const& told) { told(side.state()); };
  auto state = co_await ask<web::DaemonState>(std::move(question), kStateLimit);
  if (!state) co_return state.error();
  auto look = [store = store_] { return size_on_disk(store); };
  state->store.bytes = co_await pool_.run(serving_, std::move(look));
  co_return state;
}

runtime::Task<Result<model::Measurement>> Asker::probe(web::ProbeOrder order) {
  auto const limit = Nanos{order.timeout} + kProbeGrace;
  std::function<void(MeasuringSide&, std::function<void(Result<model::Measurement>)>)> question =
      [order = std::move(order)](MeasuringSide& side, auto const& told) {
        side.probe(order, told);
      };
  co_return co_await ask<model::Measurement>(std::move(question), limit);
}

}  // namespace perfd::app
