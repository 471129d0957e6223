#include "browser/bidi_connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/json/serialize.hpp>
#include <deque>
#include <map>
#include <utility>
#include <variant>

#include "base/text.h"
#include "browser/bidi_message.h"
#include "runtime/clock.h"
#include "runtime/deadline.h"
#include "runtime/socket.h"

namespace perfd::browser {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace json = boost::json;
using runtime::Task;

namespace {

// What Beast reads from and writes to: a socket of runtime's, which Asio's own types can't wrap.
class BidiLayer {
 public:
  using executor_type = runtime::Executor;

  BidiLayer(runtime::Loop& loop, runtime::StreamSocket socket)
      : executor_(loop.executor()), socket_(std::move(socket)) {}
  [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }
  void close() { socket_.close(); }

  template <class Buffers, class Token>
  auto async_read_some(Buffers const& buffers, Token&& token) {
    std::span<std::byte> into;
    for (auto it = asio::buffer_sequence_begin(buffers);
         into.empty() && it != asio::buffer_sequence_end(buffers); ++it) {
      asio::mutable_buffer const buffer(*it);
      into = {static_cast<std::byte*>(buffer.data()), buffer.size()};
    }
    return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, auto span) { run(read(span), std::move(handler)); }, token, into);
  }

  template <class Buffers, class Token>
  auto async_write_some(Buffers const& buffers, Token&& token) {
    std::vector<std::span<const std::byte>> parts;
    for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers);
         ++it) {
      asio::const_buffer const buffer(*it);
      if (buffer.size() > 0)
        parts.emplace_back(static_cast<std::byte const*>(buffer.data()), buffer.size());
    }
    return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, auto spans) { run(write(std::move(spans)), std::move(handler)); },
        token, std::move(parts));
  }

 private:
  using Count = Result<std::size_t>;

  Task<Count> read(std::span<std::byte> into) {
    auto const n = co_await socket_.read_some(into);
    if (n && *n == 0 && !into.empty()) co_return Error{"end", asio::error::eof};
    co_return n;
  }

  Task<Count> write(std::vector<std::span<const std::byte>> parts) {
    for (;;) {
      auto const n = socket_.send_now(std::span<std::span<const std::byte> const>(parts));
      if (n.has_error() || *n > 0 || parts.empty()) co_return n;
      co_await socket_.writable();
    }
  }

  template <class Handler>
  void run(Task<Count> task, Handler handler) {
    auto const slot = asio::get_associated_cancellation_slot(handler);
    auto finish = [handler = std::move(handler)](std::exception_ptr failure, Count count) mutable {
      boost::system::error_code error;
      if (failure)
        error = asio::error::operation_aborted;
      else if (count.has_error())
        error = count.error().code;
      std::move(handler)(error, error ? 0 : *count);
    };
    asio::co_spawn(executor_, std::move(task),
                   asio::bind_cancellation_slot(slot, std::move(finish)));
  }

  runtime::Executor executor_;
  runtime::StreamSocket socket_;
};

// Beast asks for these of each transport. Nothing is to be waited for on loopback.
void beast_close_socket(BidiLayer& layer) { layer.close(); }
[[maybe_unused]] void teardown(beast::role_type, BidiLayer& layer,
                               boost::system::error_code& error) {
  error = {};
  layer.close();
}
template <class Handler>
void async_teardown(beast::role_type, BidiLayer& layer, Handler&& handler) {
  layer.close();
  asio::post(layer.get_executor(), beast::bind_front_handler(std::forward<Handler>(handler),
                                                             boost::system::error_code{}));
}

using WebSocket = beast::websocket::stream<BidiLayer, false>;

// More commands that wait than any use of perfd has.
constexpr std::size_t kMostPending = 1000;

}  // namespace

struct BidiConnection::State : std::enable_shared_from_this<State> {
  State(runtime::Loop& l, runtime::TaskGroup& t, runtime::StreamSocket s, std::size_t message_limit)
      : loop(l), tasks(t), socket(l, std::move(s)), limit(message_limit) {
    socket.read_message_max(message_limit);
    socket.text(true);
  }

  struct Pending {
    std::string method;
    AnswerHandler handler;
  };

  runtime::Loop& loop;
  runtime::TaskGroup& tasks;
  WebSocket socket;
  std::size_t limit;
  std::deque<std::string> outgoing;
  bool writing = false;
  std::uint64_t next_id = 1;
  std::map<std::uint64_t, Pending> pending;
  EventHandler event_handler;
  LossHandler loss_handler;
  std::optional<Error> lost;

  void send(std::string message);
  void lose(Error why);
  void dispatch(std::string_view message);
  static Task<> read(std::shared_ptr<State> state);
  static Task<> write(std::shared_ptr<State> state);
};

void BidiConnection::State::send(std::string message) {
  outgoing.push_back(std::move(message));
  if (writing) return;
  writing = true;
  tasks.spawn("BiDi writer", write(shared_from_this()));
}

Task<> BidiConnection::State::write(std::shared_ptr<State> state) {
  while (!state->lost && !state->outgoing.empty()) {
    auto const message = std::move(state->outgoing.front());
    state->outgoing.pop_front();
    boost::system::error_code error;
    co_await state->socket.async_write(
        asio::buffer(message),
        asio::redirect_error(asio::use_awaitable_t<runtime::Executor>{}, error));
    if (error) state->lose(make_error(Errc::kDied, "the browser's connection: " + error.message()));
  }
  state->writing = false;
}

Task<> BidiConnection::State::read(std::shared_ptr<State> state) {
  // However this task ends, cancellation included, nobody waits for it in vain.
  struct AtEnd {
    State& state;
    ~AtEnd() { state.lose(make_error(Errc::kDied, "the browser's connection was closed")); }
  } const at_end{*state};

  beast::flat_buffer buffer(state->limit);
  while (!state->lost) {
    boost::system::error_code error;
    co_await state->socket.async_read(
        buffer, asio::redirect_error(asio::use_awaitable_t<runtime::Executor>{}, error));
    if (state->lost) break;
    if (error == beast::websocket::error::message_too_big ||
        error == beast::websocket::error::buffer_overflow) {
      state->lose(
          make_error(Errc::kProtocol, "the browser sent a message of more than " +
                                          format_bytes({static_cast<std::int64_t>(state->limit)})));
    } else if (error &&
               error.category() == make_error_code(beast::websocket::error::closed).category() &&
               error != beast::websocket::error::closed) {
      state->lose(make_error(Errc::kProtocol, "the browser's WebSocket: " + error.message()));
    } else if (error) {
      state->lose(make_error(Errc::kDied, "the browser closed its connection: " + error.message()));
    } else {
      auto const data = buffer.cdata();
      state->dispatch({static_cast<char const*>(data.data()), data.size()});
      buffer.clear();
      // One screenshot must not keep its megabytes for the rest of the session.
      if (buffer.capacity() > (std::size_t{1} << 20)) buffer.shrink_to_fit();
      // A browser that has much to tell must not keep the loop from everything else.
      co_await asio::post(state->loop.executor(), asio::use_awaitable_t<runtime::Executor>{});
    }
  }
}

void BidiConnection::State::dispatch(std::string_view message) {
  auto parsed = parse_message(message);
  if (!parsed) return lose(parsed.error());
  if (auto const* const event = std::get_if<BidiNotice>(&*parsed)) {
    // The handler may replace itself.
    auto const handler = event_handler;
    if (handler) handler(event->method, event->params);
    return;
  }
  auto* const answer = std::get_if<BidiAnswer>(&*parsed);
  if (answer == nullptr) return;
  auto const found = pending.find(answer->id);
  if (found == pending.end()) return;  // given up, or forgotten
  auto const command = std::move(found->second);
  pending.erase(found);
  if (answer->result) return command.handler(std::move(*answer->result));
  command.handler(make_error(Errc::kProtocol, command.method + ": " + answer->refusal));
}

void BidiConnection::State::lose(Error why) {
  if (lost) return;
  lost = std::move(why);
  beast_close_socket(socket.next_layer());
  loop.post([self = shared_from_this()] {
    for (auto const& [id, command] : std::exchange(self->pending, {}))
      command.handler(Error{command.method + ": " + self->lost->message, self->lost->code});
    if (auto const handler = std::exchange(self->loss_handler, nullptr)) handler(*self->lost);
  });
}

BidiConnection::BidiConnection(std::shared_ptr<State> state) : state_(std::move(state)) {
  state_->tasks.spawn("BiDi reader", State::read(state_));
}

BidiConnection::~BidiConnection() { close(); }

void BidiConnection::close() {
  state_->event_handler = nullptr;
  state_->loss_handler = nullptr;
  state_->pending.clear();
  state_->lose(make_error(Errc::kDied, "the browser's connection was closed"));
}

void BidiConnection::on_event(EventHandler handler) { state_->event_handler = std::move(handler); }
void BidiConnection::on_loss(LossHandler handler) { state_->loss_handler = std::move(handler); }
bool BidiConnection::connected() const { return !state_->lost; }
Error const* BidiConnection::loss() const { return state_->lost ? &*state_->lost : nullptr; }

std::uint64_t BidiConnection::send(std::string method, json::object params, AnswerHandler handler) {
  auto const id = state_->next_id++;
  if (state_->lost || state_->pending.size() >= kMostPending) {
    auto why = state_->lost ? *state_->lost
                            : make_error(Errc::kHung, "the browser answers no command any more");
    state_->loop.post([handler = std::move(handler), why = std::move(why)] { handler(why); });
    return id;
  }
  json::object message;
  message["id"] = id;
  message["method"] = method;
  message["params"] = std::move(params);
  state_->pending.emplace(id, State::Pending{std::move(method), std::move(handler)});
  state_->send(json::serialize(message));
  return id;
}

void BidiConnection::forget(std::uint64_t id) { state_->pending.erase(id); }

namespace {
struct Waiting {
  explicit Waiting(runtime::Loop& loop) : answered(loop.context()) {}
  runtime::Event answered;
  BidiConnection::Answer answer{};
};
}  // namespace

Task<BidiConnection::Answer> BidiConnection::command(std::string method, json::object params,
                                                     MonoTime deadline) {
  // The handle may be gone when the wait ends.
  auto const state = state_;
  auto const waiting = std::make_shared<Waiting>(state->loop);
  std::string const name = method;
  auto const id = send(std::move(method), std::move(params), [waiting](Answer answer) {
    waiting->answer = std::move(answer);
    waiting->answered.set();
  });
  bool const answered = co_await waiting->answered.wait_until(deadline);
  if (!answered) {
    state->pending.erase(id);
    // close() drops what waits without a word.
    if (state->lost) co_return Error{name + ": " + state->lost->message, state->lost->code};
    co_return runtime::deadline_passed(name + ": the browser did not answer");
  }
  co_return std::move(waiting->answer);
}

namespace {

Task<Result<>> shake_hands(WebSocket& socket, std::string host) {
  boost::system::error_code error;
  co_await socket.async_handshake(
      host, "/session", asio::redirect_error(asio::use_awaitable_t<runtime::Executor>{}, error));
  if (error)
    co_return make_error(Errc::kProtocol,
                         "the browser's WebSocket at " + host + ": " + error.message());
  co_return Result<>{};
}

}  // namespace

Task<Result<std::unique_ptr<BidiConnection>>> BidiConnection::open(
    runtime::Loop& loop, runtime::TaskGroup& tasks, runtime::Address address, std::string host,
    MonoTime deadline, std::size_t message_limit) {
  auto socket = runtime::StreamSocket::create(loop, address);
  if (socket.has_error()) co_return socket.error();
  auto const connected = co_await runtime::with_deadline(deadline, socket->connect(address));
  if (connected.has_error()) co_return connected.error();
  if (!address.is_unix()) (void)socket->set_no_delay();
  auto const state = std::make_shared<State>(loop, tasks, std::move(*socket), message_limit);
  auto const open = co_await runtime::with_deadline(deadline, shake_hands(state->socket, host));
  if (open.has_error()) {
    beast_close_socket(state->socket.next_layer());
    co_return open.error();
  }
  co_return std::unique_ptr<BidiConnection>(new BidiConnection(state));
}

}  // namespace perfd::browser
