// What a control connection's handle and its reading and writing tasks share.
// Internal to control_connection.cpp and control_auth.cpp.
#pragma once

#include <deque>

#include "tor/control_connection.h"

namespace perfd::tor {

struct ControlConnection::State : std::enable_shared_from_this<State> {
  // A command that waits for its answer. One whose time is over stays in the queue, so
  // that its late answer is not taken for the next one's.
  struct Pending {
    explicit Pending(runtime::Loop& loop) : answered(loop.context()) {}
    runtime::Event answered;
    Result<wire::torctl::Reply> result = Error{"no answer"};
  };

  State(runtime::Loop& l, runtime::TaskGroup& t, runtime::StreamSocket s,
        wire::torctl::ReplyLimits limits)
      : loop(l), tasks(t), socket(std::move(s)), reader(limits) {}

  void send(std::string const& bytes);
  Result<> flush_now();
  void dispatch(WallTime read_at, wire::torctl::Reply reply);
  void lose(Error why);

  static runtime::Task<> read(std::shared_ptr<State> state);
  static runtime::Task<> flush(std::shared_ptr<State> state);
  static runtime::Task<Result<wire::torctl::Reply>> command(std::shared_ptr<State> state,
                                                            Result<std::string> bytes,
                                                            std::string name, Nanos timeout);
  static runtime::Task<Result<>> authenticate(std::shared_ptr<State> state,
                                              Credentials credentials);

  runtime::Loop& loop;
  runtime::TaskGroup& tasks;
  runtime::StreamSocket socket;
  wire::torctl::ReplyReader reader;
  std::deque<std::shared_ptr<Pending>> pending;
  std::string outgoing;
  bool flushing = false;
  std::optional<Error> lost;
  EventHandler event_handler;
  LossHandler loss_handler;
};

}  // namespace perfd::tor
