// One connection through the measuring proxy, from the handshake to the end of both ways.
// Internal to net. Thread: the loop's. Ownership: refers to loop and settings.
#pragma once

#include <memory>
#include <optional>

#include "net/measured_socket.h"
#include "net/measuring_proxy.h"
#include "wire/socks/client.h"
#include "wire/socks/server.h"

namespace perfd::net {

class ProxyRelay {
 public:
  ProxyRelay(runtime::Loop& loop, ProxySettings const& settings,
             runtime::Listener::Accepted accepted, std::uint64_t number);

  // Until both ways have ended. A cancellation ends it, too.
  runtime::Task<> run();
  // After run(), however that ended.
  [[nodiscard]] model::ProxyConnection record();

  // When it shall be closed, unless bytes move before; and that.
  [[nodiscard]] MonoTime deadline() const { return deadline_; }
  void close(std::string why);

 private:
  // One direction.
  struct Way {
    MeasuredSocket* from;
    MeasuredSocket* to;
    char const* source;  // whose end `from` is, and `to`
    char const* sink;
    std::int64_t bytes = 0;
    std::optional<model::Mark> first, last;
    bool ended = false;
  };

  runtime::Task<Result<>> converse();
  runtime::Task<Result<>> greet();
  runtime::Task<Result<>> say(std::string_view mark);
  runtime::Task<Result<>> answer(wire::socks::ReplyCode code, wire::socks::Address bound = {});
  runtime::Task<Result<>> refuse();
  runtime::Task<Result<>> reach_tor();
  runtime::Task<Result<>> await_reply();
  runtime::Task<Result<>> relay();
  runtime::Task<> carry_down();
  runtime::Task<> carry(Way& way);
  runtime::Task<Result<>> pump(Way& way);
  void ended(char const* by, std::string error);
  void moved();

  runtime::Loop& loop_;
  ProxySettings const& settings_;
  TransferTrace program_trace_;
  TransferTrace tor_trace_;
  MeasuredSocket program_;
  std::optional<MeasuredSocket> tor_;
  wire::socks::ServerHandshake greeting_;
  std::optional<wire::socks::ClientHandshake> asking_;
  Way up_{};
  Way down_{};
  MonoTime deadline_;
  model::ProxyConnection record_;
};

}  // namespace perfd::net
