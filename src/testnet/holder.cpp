#include "testnet/holder.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "base/text.h"
#include "runtime/clock.h"
#include "runtime/deadline.h"
#include "runtime/files.h"
#include "runtime/signals.h"
#include "testnet/holder_talk.h"

namespace perfd::testnet {
namespace {

using runtime::mono_now;
using runtime::Task;

constexpr auto kRequestLimit = std::chrono::seconds{5};
constexpr auto kFarewell = std::chrono::milliseconds{500};

std::string join_lines(std::vector<std::string> const& lines) {
  std::string out;
  for (auto const& line : lines) out += line + "\n";
  return out;
}

// The last words of a task that could not go on, for holder.log.
void note(std::string const& text) { std::fprintf(stderr, "%s\n", text.c_str()); }

class Holder {
 public:
  Holder(runtime::Loop& loop, runtime::Launcher& launcher, NetworkSpec spec,
         runtime::Listener listener)
      : loop_(loop),
        launcher_(launcher),
        spec_(std::move(spec)),
        listener_(std::move(listener)),
        changed_(loop.context()),
        quit_(loop.context()),
        tasks_(loop),
        talks_(loop) {}

  Task<int> run() {
    tasks_.spawn("accept", accept());
    tasks_.spawn("signals", await_signal());
    tasks_.spawn("network", start());
    co_await quit_.wait();
    co_await tasks_.stop();  // a start that is under way ends its nodes
    if (network_) co_await network_->stop();
    for (auto const* const file : {"network.json", "client.torrc"}) {
      std::error_code ignored;
      std::filesystem::remove(spec_.folder / file, ignored);
    }
    // Those who watch get the last word; those who asked for the end get the end itself.
    (void)co_await runtime::with_deadline(mono_now() + kFarewell, talks_over());
    co_await talks_.stop();
    co_return code_;
  }

 private:
  Task<> start() {
    auto started = co_await TestNetwork::start(loop_, launcher_, spec_, [this](Progress const& p) {
      note(describe_duration(p.elapsed) + "  " + p.text);
      progress_.push_back(talk::progress_line(p));
      changed_.set();
    });
    if (!started) {
      fail(started.error());
      co_return;
    }
    network_ = std::move(*started);
    auto const described = describe();
    if (!described) {
      fail(described.error());
      co_return;
    }
    outcome_ = "up " + to_json(*described);
    changed_.set();
    network_->on_node_death([this](Error const& error) { fail(error); });
  }

  void fail(Error const& error) {
    note(error.message);
    talk::leave_failure(spec_.folder, error.message);
    outcome_ = "failed " + talk::one_line(error.message);
    changed_.set();
    code_ = 1;
    quit_.set();
  }

  Result<UpInfo> describe() const {
    auto const& plan = network_->plan();
    UpInfo info;
    info.holder = ::getpid();
    info.folder = plan.folder;
    info.authorities = static_cast<int>(plan.count(Role::authority));
    for (auto const& node : plan.nodes) {
      if (!node.is_client())
        info.nodes.push_back({node.nickname, std::string(to_text(node.role)), node.address,
                              node.fingerprint, node.relay.country, node.relay.weight,
                              node.relay.rate, node.relay.observed, node.relay.delay});
      if (node.is_client())
        info.clients.push_back({node.nickname, node.socks().text(), node.control().text(),
                                node.folder / "control_auth_cookie"});
      else if (!node.is_authority())
        ++info.relays;
    }
    info.warm = network_->warm();
    info.start_took = network_->start_took();
    info.torrc_lines = network_->client_torrc();
    info.torrc_file = plan.folder / "client.torrc";
    if (auto ok = runtime::write_file(info.torrc_file, join_lines(info.torrc_lines)); !ok)
      return ok.error();
    if (auto ok = runtime::write_file(plan.folder / "network.json", to_json(info) + "\n"); !ok)
      return ok.error();
    return info;
  }

  Task<> await_signal() {
    runtime::Signals signals(loop_, {SIGTERM, SIGINT});
    auto const number = co_await signals.next();
    note("signal " + std::to_string(number));
    quit_.set();
  }

  Task<> accept() {
    for (;;) {
      auto accepted = co_await listener_.accept();
      if (accepted)
        talks_.spawn("talk", serve(std::move(accepted->socket)));
      else
        co_await runtime::sleep_for(kFarewell);
    }
  }

  Task<> serve(runtime::StreamSocket socket) {
    talk::Lines lines(socket);
    auto const request =
        co_await runtime::with_deadline(mono_now() + kRequestLimit, read_request(lines));
    if (!request) co_return;
    if (*request == "watch") {
      co_await watch(std::move(socket));
    } else if (*request == "status") {
      (void)co_await talk::send_line(socket, outcome_.value_or("starting"));
    } else if (*request == "down") {
      (void)co_await talk::send_line(socket, "stopping");
      until_the_end_.push_back(std::move(socket));
      quit_.set();
    }
  }

  static Task<Result<std::string>> read_request(talk::Lines& lines) {
    auto line = co_await lines.next();
    if (!line) co_return Error{"no request"};
    co_return success(std::move(*line));
  }

  // Sends progress as it comes, until the outcome is there. A watcher that leaves before was
  // the one for whom the network is started: nobody would ever end it.
  Task<> watch(runtime::StreamSocket socket) {
    for (std::size_t sent = 0;;) {
      for (; sent < progress_.size(); ++sent)
        if (!co_await talk::send_line(socket, progress_[sent])) break;
      if (outcome_) {
        (void)co_await talk::send_line(socket, *outcome_);
        co_return;
      }
      if (sent < progress_.size() || has_left(socket)) {
        note("the one who waited for the network has left");
        code_ = 1;
        quit_.set();
        co_return;
      }
      changed_.reset();
      // Looking now and then is enough to notice that the other side is gone.
      (void)co_await changed_.wait_until(mono_now() + kFarewell);
    }
  }

  static bool has_left(runtime::StreamSocket& socket) {
    std::array<std::byte, 64> ignored;
    auto const received = socket.receive_now(ignored);
    return !received || received->status == runtime::Received::Status::end;
  }

  Task<Result<>> talks_over() {
    co_await talks_.join();
    co_return Result<>{};
  }

  runtime::Loop& loop_;
  runtime::Launcher& launcher_;
  NetworkSpec spec_;
  runtime::Listener listener_;
  std::unique_ptr<TestNetwork> network_;
  std::vector<std::string> progress_;
  std::optional<std::string> outcome_;
  std::vector<runtime::StreamSocket> until_the_end_;
  runtime::Event changed_;
  runtime::Event quit_;
  int code_ = 0;
  runtime::TaskGroup tasks_;
  runtime::TaskGroup talks_;
};

}  // namespace

int hold(NetworkSpec const& spec, std::function<void(std::string_view)> const& listening) {
  auto const give_up = [&](Error const& error) {
    note(error.message);
    listening(error.message);
    return 1;
  };
  if (auto ok = make_plan(spec); !ok) return give_up(ok.error());
  if (auto ok = runtime::make_folder(spec.folder); !ok) return give_up(ok.error());
  auto const address = talk::socket_address(spec.folder);
  if (!address) return give_up(address.error());
  auto channel = runtime::LauncherChannel::fork_now();
  if (!channel) return give_up(channel.error());
  auto bound = runtime::BoundListener::bind(*address);
  if (!bound && bound.error().code == boost::system::errc::address_in_use)
    return give_up(Error{
        "a private network is being started in " + spec.folder.string() + " by another process",
        bound.error().code});
  if (!bound) return give_up(bound.error());
  talk::forget_failure(spec.folder);
  listening({});

  runtime::Loop loop;
  int code = 1;
  {
    runtime::Launcher launcher(loop, std::move(*channel));
    Holder holder(loop, launcher, spec, runtime::Listener(loop, std::move(*bound)));
    code = loop.run_until_done(holder.run());
    std::error_code ignored;
    std::filesystem::remove(address->host(), ignored);
    loop.run_until_done(launcher.stop());
  }
  return code;
}

}  // namespace perfd::testnet
