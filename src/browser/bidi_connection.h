// A WebDriver BiDi session's connection: JSON messages over a WebSocket on loopback.
//
// Commands are answered in any order, each within its own time; events go to one handler. The loss
// of the connection fails every command that waits, and is told once. What the browser sends is
// not trusted: messages are bounded, and one that is not BiDi's ends the connection.
// Internal to the room. Owner: a Firefox. Thread: the loop's. The handle may be destroyed at any
// time: that closes the connection, and no handler is called any more.
// Failures: kDied (lost), kProtocol (broken, or a command was refused), or a time-out
// (runtime::is_timeout).
// Source: WebDriver BiDi, https://www.w3.org/TR/webdriver-bidi/, 3 Protocol; RFC 6455.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "browser/errors.h"
#include "runtime/address.h"
#include "runtime/loop.h"
#include "runtime/task.h"

namespace perfd::browser {

// Of one message: a screenshot is a few MiB of base64.
inline constexpr std::size_t kMessageLimit = std::size_t{64} << 20;

class BidiConnection {
 public:
  using Answer = Result<boost::json::object>;  // "result" of the answer
  using AnswerHandler = std::function<void(Answer)>;
  using EventHandler =
      std::function<void(std::string_view method, boost::json::object const& params)>;
  using LossHandler = std::function<void(Error const& why)>;

  // The tasks join `tasks`, which must outlive the handle. `host` is what the Host field says.
  [[nodiscard]] static runtime::Task<Result<std::unique_ptr<BidiConnection>>> open(
      runtime::Loop& loop, runtime::TaskGroup& tasks, runtime::Address address, std::string host,
      MonoTime deadline, std::size_t message_limit = kMessageLimit);
  ~BidiConnection();
  BidiConnection(BidiConnection const&) = delete;
  BidiConnection& operator=(BidiConnection const&) = delete;

  // The answer, or the loss, is handed to `handler` from the loop unless forget() comes first; not
  // from inside of send().
  std::uint64_t send(std::string method, boost::json::object params, AnswerHandler handler);
  void forget(std::uint64_t id);
  // Waits for it. Of a refusal the message is "METHOD: error: message".
  [[nodiscard]] runtime::Task<Answer> command(std::string method, boost::json::object params,
                                              MonoTime deadline);

  void on_event(EventHandler handler);  // null: events are dropped
  // Called from the loop, once; not for close().
  void on_loss(LossHandler handler);
  [[nodiscard]] bool connected() const;
  [[nodiscard]] Error const* loss() const;  // null while connected
  void close();

 private:
  struct State;
  explicit BidiConnection(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  // shared with the reading and writing tasks
};

}  // namespace perfd::browser
