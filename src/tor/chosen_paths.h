// Circuits through relays of perfd's choice, and perfd's own streams on them.
//
// While a path is in use, tor is told to leave new streams to its controller
// (__LeaveStreamsUnattached): those that a path waits for, by SOCKS username, are attached to its
// circuit, all others are given back to tor at once (ATTACHSTREAM … 0). A stream that its chosen
// circuit could not serve is closed with the exit's reason, so that the SOCKS reply tells it; tor
// would try other circuits.
// Owner: app. Thread: the loop's.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/loop.h"
#include "tor/instance.h"
#include "tor/instance_part.h"

namespace perfd::tor {

class ChosenPaths final : public InstancePart {
 public:
  // The instance outlives this object, which is to be added to it as a part.
  ChosenPaths(runtime::Loop& loop, Instance& instance);
  ~ChosenPaths() override;

  struct Built {
    std::optional<std::uint64_t> circuit;  // that tor began; failed ones too
    std::string problem;                   // empty: it stands, and waits for the stream
    bool control = false;                  // the problem is the control connection's
  };
  // `hops`: fingerprints from guard to exit. From now on a stream with this username is the
  // circuit's. To be released, whatever the result, and also where this task was cut off.
  [[nodiscard]] runtime::Task<Built> build(std::vector<std::string> hops, std::string username,
                                           MonoTime until);
  // Closes the circuit, once tor has told which it is. Waits for nothing.
  void release(std::string const& username);

  void on_up(Instance& instance, runtime::TaskGroup& run_tasks) override;
  void on_event(Instance& instance, WallTime read_at, wire::torctl::Event const& event) override;
  void on_down(Instance& instance) override;

 private:
  struct Path;
  using PathRef = std::shared_ptr<Path>;

  void on_circuit(wire::torctl::Circ const& report);
  void on_stream(wire::torctl::Stream const& report);
  [[nodiscard]] runtime::Task<> attach(std::uint64_t stream, std::uint64_t circuit);
  [[nodiscard]] runtime::Task<> close_stream(std::uint64_t stream, unsigned reason);
  [[nodiscard]] runtime::Task<> begin(PathRef path, std::vector<std::string> hops);
  [[nodiscard]] runtime::Task<Result<>> launch(Path& path, std::vector<std::string> hops);
  [[nodiscard]] runtime::Task<> end(PathRef path);
  [[nodiscard]] runtime::Task<Result<>> leave_streams(bool to_us);

  runtime::Loop& loop_;
  Instance& instance_;
  runtime::TaskGroup* run_tasks_ = nullptr;  // while up
  std::map<std::string, PathRef> paths_;     // by username
  bool left_to_us_ = false;
  MonoTime give_back_until_{};  // after that
};

}  // namespace perfd::tor
