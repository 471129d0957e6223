#include "tor/control_connection.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "base/text.h"
#include "runtime/clock.h"
#include "runtime/deadline.h"
#include "tor/control_state.h"

namespace perfd::tor {

using runtime::Task;
using wire::torctl::Reply;
namespace command = wire::torctl::command;

namespace {

// More commands that wait than any use of perfd has: tor has stopped answering.
constexpr std::size_t kMostPending = 1000;

Error connection_error(std::string message) {
  return Error{std::move(message), make_error_code(boost::system::errc::connection_aborted)};
}

}  // namespace

void ControlConnection::State::send(std::string const& bytes) {
  outgoing += bytes;
  if (flushing) return;
  if (auto sent = flush_now(); sent.has_error()) return lose(sent.error());
  if (outgoing.empty()) return;
  flushing = true;
  tasks.spawn("control writer", flush(shared_from_this()));
}

// Writes what the kernel takes at once.
Result<> ControlConnection::State::flush_now() {
  while (!outgoing.empty()) {
    auto const sent = socket.send_now(std::as_bytes(std::span(outgoing)));
    if (sent.has_error()) return sent.error();
    if (*sent == 0) return {};
    outgoing.erase(0, *sent);
  }
  return {};
}

Task<> ControlConnection::State::flush(std::shared_ptr<State> state) {
  while (!state->lost && !state->outgoing.empty()) {
    co_await state->socket.writable();
    if (state->lost) break;
    if (auto sent = state->flush_now(); sent.has_error()) state->lose(sent.error());
  }
  state->flushing = false;
}

void ControlConnection::State::dispatch(WallTime read_at, Reply reply) {
  if (!reply.is_event()) {
    if (pending.empty())
      return lose(connection_error("tor answered what nobody asked: \"" +
                                   printable(wire::torctl::to_text(reply)) + "\""));
    auto const command = std::move(pending.front());
    pending.pop_front();
    command->result = std::move(reply);
    command->answered.set();
    return;
  }
  if (!event_handler) return;
  auto const event = wire::torctl::parse_event(reply);
  // The handler may destroy the connection, and itself with it.
  auto const handler = event_handler;
  bool const bulky = std::holds_alternative<wire::torctl::NewConsensus>(event);
  handler(read_at, event, bulky ? "650+NEWCONSENSUS" : wire::torctl::to_text(reply));
}

void ControlConnection::State::lose(Error why) {
  if (lost) return;
  lost = std::move(why);
  socket.close();
  for (auto const& command : std::exchange(pending, {})) {
    command->result = *lost;
    command->answered.set();
  }
  loop.post([self = shared_from_this()] {
    if (auto const handler = std::exchange(self->loss_handler, nullptr)) handler(*self->lost);
  });
}

Task<> ControlConnection::State::read(std::shared_ptr<State> state) {
  // However this task ends, cancellation included, nobody waits for it in vain.
  struct AtEnd {
    State& state;
    ~AtEnd() { state.lose(connection_error("the control connection was closed")); }
  } const at_end{*state};

  std::vector<std::byte> buffer(std::size_t{16} << 10);
  while (!state->lost) {
    auto const got = co_await state->socket.receive(buffer);
    auto const read_at = runtime::wall_now();
    if (got.has_error()) {
      state->lose(got.error());
    } else if (got->status == runtime::Received::Status::end) {
      state->lose(connection_error("tor closed the control connection"));
    } else {
      auto const fed =
          state->reader.feed({reinterpret_cast<char const*>(buffer.data()), got->bytes});
      while (!state->lost) {
        auto reply = state->reader.next();
        if (!reply) break;
        state->dispatch(read_at, std::move(*reply));
      }
      if (fed.has_error()) state->lose(fed.error());
    }
    // A tor that has much to tell must not keep the loop from everything else.
    co_await boost::asio::post(state->loop.executor(),
                               boost::asio::use_awaitable_t<runtime::Executor>{});
  }
}

Task<Result<Reply>> ControlConnection::State::command(std::shared_ptr<State> state,
                                                      Result<std::string> bytes, std::string name,
                                                      Nanos timeout) {
  if (bytes.has_error()) co_return bytes.error();
  if (state->lost) co_return Error{name + ": " + state->lost->message, state->lost->code};
  if (state->pending.size() >= kMostPending)
    co_return Error{
        name + ": tor does not answer; " + std::to_string(kMostPending) + " commands wait already",
        make_error_code(boost::system::errc::timed_out)};
  auto const pending = std::make_shared<Pending>(state->loop);
  state->pending.push_back(pending);
  state->send(*bytes);
  bool const answered = co_await pending->answered.wait_until(runtime::mono_now() + timeout);
  if (!answered) co_return runtime::deadline_passed(name + ": tor did not answer");
  if (pending->result.has_error())
    co_return Error{name + ": " + pending->result.error().message, pending->result.error().code};
  co_return std::move(pending->result);
}

ControlConnection::ControlConnection(runtime::Loop& loop, runtime::TaskGroup& tasks,
                                     runtime::StreamSocket socket, wire::torctl::ReplyLimits limits)
    : state_(std::make_shared<State>(loop, tasks, std::move(socket), limits)) {
  tasks.spawn("control reader", State::read(state_));
}

ControlConnection& ControlConnection::operator=(ControlConnection&& other) noexcept {
  if (this != &other) {
    close();
    state_ = std::move(other.state_);
  }
  return *this;
}

ControlConnection::~ControlConnection() { close(); }

void ControlConnection::close() {
  if (!state_) return;
  state_->event_handler = nullptr;
  state_->loss_handler = nullptr;
  state_->lose(connection_error("the control connection was closed"));
}

void ControlConnection::on_event(EventHandler handler) {
  state_->event_handler = std::move(handler);
}
void ControlConnection::on_loss(LossHandler handler) { state_->loss_handler = std::move(handler); }
bool ControlConnection::connected() const { return state_ && !state_->lost; }

namespace {

Task<Result<ControlConnection>> connect(runtime::Loop& loop, runtime::TaskGroup& tasks,
                                        runtime::Address address, Credentials credentials) {
  auto socket = runtime::StreamSocket::create(loop, address);
  if (socket.has_error()) co_return socket.error();
  auto const connected = co_await socket->connect(address);
  if (connected.has_error()) co_return connected.error();
  ControlConnection connection(loop, tasks, std::move(*socket));
  auto const known = co_await connection.authenticate(std::move(credentials));
  if (known.has_error()) co_return known.error();
  co_return std::move(connection);
}

}  // namespace

Task<Result<ControlConnection>> ControlConnection::open(runtime::Loop& loop,
                                                        runtime::TaskGroup& tasks,
                                                        runtime::Address address,
                                                        Credentials credentials,
                                                        MonoTime deadline) {
  auto opened = co_await runtime::with_deadline(
      deadline, connect(loop, tasks, address, std::move(credentials)));
  if (opened.has_error() && runtime::is_timeout(opened.error()))
    co_return runtime::deadline_passed("tor's control port " + address.text() + " did not answer");
  co_return std::move(opened);
}

}  // namespace perfd::tor
