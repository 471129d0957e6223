#include "testnet/network.h"

#include <boost/asio/cancellation_state.hpp>

#include "base/text.h"
#include "runtime/clock.h"
#include "runtime/daemon.h"
#include "runtime/files.h"
#include "testnet/delay.h"
#include "testnet/dns_responder.h"
#include "testnet/folder.h"
#include "testnet/keys.h"
#include "testnet/node.h"
#include "testnet/ports.h"
#include "testnet/readiness.h"
#include "testnet/together.h"
#include "testnet/torrc.h"
#include "testnet/voting.h"

namespace perfd::testnet {

using runtime::mono_now;
using runtime::Task;
using Stage = Progress::Stage;

namespace {

constexpr auto kStartLimit = std::chrono::seconds{180};
constexpr auto kStopGrace = std::chrono::milliseconds{700};
constexpr int kVotes = 4;
constexpr auto kUntilItReadsTheClock = std::chrono::milliseconds{50};

Result<runtime::PidFile> lock_folder(std::filesystem::path const& folder) {
  if (auto ok = runtime::make_folder(folder); !ok) return ok.error();
  auto const file = folder / "network.pid";
  if (auto const pid = runtime::PidFile::holder(file))
    return Error{"a private network runs already in " + folder.string() + " (process " +
                     std::to_string(*pid) + "); stop it first: perfd testnet down",
                 make_error_code(boost::system::errc::device_or_resource_busy)};
  return runtime::PidFile::take(file);
}

// tor starts its periodic work one second after its start, or at the first change of a
// setting: so change one that means nothing.
Task<Result<>> begin_work(Node& node) {
  co_return co_await node.set_conf("HeartbeatPeriod", "86400");
}

}  // namespace

struct TestNetwork::Impl {
  Impl(runtime::Loop& l, runtime::Launcher& la, NetworkSpec s, ProgressSink p)
      : loop(l), launcher(la), spec(std::move(s)), sink(std::move(p)) {}

  runtime::Loop& loop;
  runtime::Launcher& launcher;
  NetworkSpec spec;
  ProgressSink sink;
  MonoTime started = mono_now();
  Micros took{};
  WallTime earliest_vote{};  // the second after the one in which the last authority was started
  Plan plan;
  Warmth warmth = Warmth::cold;
  std::optional<runtime::PidFile> lock;
  std::unique_ptr<DnsResponder> dns;
  std::vector<std::unique_ptr<DelayForwarder>> delays;
  std::vector<std::unique_ptr<Node>> nodes;
  std::optional<Error> failure;
  std::function<void(Error const&)> death_handler;
  bool stopping = false;

  void report(Stage stage, std::string text) const;
  std::vector<Node*> with(auto const& wanted) const;
  std::vector<Node*> authorities() const {
    return with([](NodePlan const& n) { return n.is_authority(); });
  }
  std::vector<Node*> relays() const {
    return with([](NodePlan const& n) { return !n.is_authority() && !n.is_client(); });
  }
  std::vector<Node*> clients() const {
    return with([](NodePlan const& n) { return n.is_client(); });
  }

  Result<> prepare();
  void node_died(Node& node);
  Task<Result<>> run();
  Task<Result<>> launch();
  Task<Result<>> build_consensus(MonoTime deadline);
  Task<Result<>> enable_clients();
  Task<> stop();
};

void TestNetwork::Impl::report(Stage stage, std::string text) const {
  if (!sink) return;
  sink({stage, std::move(text), floor_us(mono_now() - started), client_lines(plan)});
}

std::vector<Node*> TestNetwork::Impl::with(auto const& wanted) const {
  std::vector<Node*> out;
  for (auto const& node : nodes)
    if (wanted(node->plan())) out.push_back(node.get());
  return out;
}

Result<> TestNetwork::Impl::prepare() {
  auto made = make_plan(spec);
  if (!made) return made.error();
  auto locked = lock_folder(spec.folder);
  if (!locked) return locked.error();
  lock.emplace(std::move(*locked));

  plan = *made;
  bool const known = adopt_ports(plan, read_ports(plan.folder)) && check_ports(plan).has_value();
  if (!known) plan = std::move(*made);
  if (auto ok = assign_ports(plan); !ok) return ok;
  auto const now = runtime::wall_now();
  auto const keys = prepare_keys(plan, now);
  if (!keys) return keys.error();
  warmth = known && !keys->any_new ? find_warmth(plan, now) : Warmth::cold;
  if (warmth == Warmth::cold)
    if (auto ok = forget_everything_but_keys(plan); !ok) return ok;
  if (warmth == Warmth::keys_and_descriptors) forget_consensus(plan);

  auto const start_dns = [&](std::uint16_t port) -> Result<std::unique_ptr<DnsResponder>> {
    auto const address = runtime::Address::numeric(plan.dns.address, port);
    if (!address) return address.error();
    return DnsResponder::start(loop, *address, spec.zone);
  };
  auto responder = start_dns(plan.dns.port);
  if (!responder) responder = start_dns(0);
  if (!responder) return responder.error();
  dns = std::move(*responder);
  plan.dns.port = dns->address().port();
  return write_files(plan, warmth, now);
}

void TestNetwork::Impl::node_died(Node& node) {
  if (stopping || failure) return;
  failure = node.death();
  if (death_handler) death_handler(*failure);
}

Task<Result<>> TestNetwork::Impl::launch() {
  for (auto const& node : plan.nodes) {
    nodes.push_back(std::make_unique<Node>(loop, node));
    if (node.relay.delay.count() > 0) {
      auto forwarder = DelayForwarder::start(loop, {node.address, node.or_port},
                                             {node.address, node.inner_or_port}, node.relay.delay);
      if (!forwarder) co_return forwarder.error();
      delays.push_back(std::move(*forwarder));
    }
    auto const launched =
        co_await nodes.back()->launch(launcher, plan, [this](Node& dead) { node_died(dead); });
    if (!launched) co_return launched;
    if (node.is_authority())
      earliest_vote =
          std::chrono::ceil<std::chrono::seconds>(runtime::wall_now() + kUntilItReadsTheClock);
  }
  co_return Result<>{};
}

Task<Result<>> TestNetwork::Impl::run() {
  if (auto ok = prepare(); !ok) co_return ok;
  auto const deadline = started + kStartLimit;
  report(Stage::launch, "starting " + std::to_string(plan.nodes.size()) + " tor processes in " +
                            plan.folder.string() + (warmth == Warmth::warm ? " (warm)" : ""));
  if (auto ok = co_await launch(); !ok) co_return ok;
  // Authorities come first in the plan: their ports are open before a relay uploads.
  std::vector<Task<Result<>>> connecting;
  for (auto const& node : nodes) connecting.push_back(node->connect(deadline));
  if (auto ok = co_await together(std::move(connecting)); !ok) co_return ok;
  for (auto const& node : nodes)
    if (auto ok = co_await begin_work(*node); !ok) co_return ok;

  if (warmth != Warmth::warm)
    if (auto ok = co_await build_consensus(deadline); !ok) co_return ok;
  report(Stage::relays, "relays fetch the consensus");
  if (auto ok = co_await await_directory(relays(), deadline); !ok) co_return ok;
  if (!clients().empty()) {
    report(Stage::clients, "clients fetch the consensus");
    if (auto ok = co_await enable_clients(); !ok) co_return ok;
    if (auto ok = co_await await_directory(clients(), deadline); !ok) co_return ok;
  }
  if (failure) co_return *failure;
  took = floor_us(mono_now() - started);
  report(Stage::ready, "the network is ready after " + describe_duration(took));
  co_return Result<>{};
}

Task<Result<>> TestNetwork::Impl::build_consensus(MonoTime deadline) {
  auto const voters = authorities();
  auto const told = [this](std::string text) { report(Stage::descriptors, std::move(text)); };
  if (auto ok = co_await await_descriptors(plan, voters, relays(), deadline, told); !ok)
    co_return ok;
  std::string missing;
  for (int i = 0; i < kVotes; ++i) {
    report(Stage::vote, "the authorities vote");
    auto const valid_after = co_await vote(voters, earliest_vote, deadline);
    if (!valid_after) co_return valid_after.error();
    auto lacks = co_await missing_in_consensus(plan, *voters[0]);
    if (!lacks) co_return lacks.error();
    missing = std::move(*lacks);
    if (missing.empty()) break;
  }
  if (!missing.empty()) co_return Error{"the consensus lacks " + missing};
  for (auto* const voter : voters)
    if (auto ok = co_await await_served(loop, *voter, deadline); !ok) co_return ok;
  std::vector<Task<Result<>>> reloads;
  for (auto* const relay : relays()) reloads.push_back(relay->signal("RELOAD"));
  co_return co_await together(std::move(reloads));
}

// The network of cold clients is disabled in their torrc, not only at run time: a file
// without that line and one RELOAD enable it and fetch the consensus at once.
Task<Result<>> TestNetwork::Impl::enable_clients() {
  if (warmth == Warmth::warm) co_return Result<>{};
  for (auto* const client : clients()) {
    auto const text = torrc_of(plan, client->plan(), {});
    if (auto ok = runtime::write_file(client->plan().folder / "torrc", text); !ok) co_return ok;
    if (auto ok = co_await client->signal("RELOAD"); !ok) co_return ok;
  }
  co_return Result<>{};
}

Task<> TestNetwork::Impl::stop() {
  stopping = true;
  std::vector<Task<Result<>>> stops;
  for (auto const& node : nodes) stops.push_back(node->stop(kStopGrace));
  (void)co_await together(std::move(stops));
  for (auto const& delay : delays) co_await delay->stop();
  if (dns) co_await dns->stop();
  lock.reset();
}

TestNetwork::TestNetwork(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TestNetwork::~TestNetwork() = default;

Task<Result<std::unique_ptr<TestNetwork>>> TestNetwork::start(runtime::Loop& loop,
                                                              runtime::Launcher& launcher,
                                                              NetworkSpec spec, ProgressSink sink) {
  std::unique_ptr<TestNetwork> out(
      new TestNetwork(std::make_unique<Impl>(loop, launcher, std::move(spec), std::move(sink))));
  std::optional<Error> error;
  std::exception_ptr thrown;
  try {
    if (auto const ok = co_await out->impl_->run(); !ok)
      // A node's death explains every other error.
      error = out->impl_->failure.value_or(ok.error());
  } catch (...) {
    thrown = std::current_exception();
  }
  if (!error && !thrown) co_return out;
  // Whoever cancelled the start still wants every process to end.
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  co_await out->stop();
  if (thrown) std::rethrow_exception(thrown);
  co_return *error;
}

Plan const& TestNetwork::plan() const { return impl_->plan; }
std::vector<std::string> TestNetwork::client_torrc() const { return client_lines(impl_->plan); }
bool TestNetwork::warm() const { return impl_->warmth == Warmth::warm; }
MonoTime TestNetwork::started() const { return impl_->started; }
Micros TestNetwork::start_took() const { return impl_->took; }
std::optional<Error> TestNetwork::failure() const { return impl_->failure; }
std::uint64_t TestNetwork::names_answered() const { return impl_->dns->answered(); }
Task<> TestNetwork::stop() { co_await impl_->stop(); }

void TestNetwork::on_node_death(std::function<void(Error const&)> handler) {
  impl_->death_handler = std::move(handler);
  // One may have died before anybody asked.
  if (impl_->failure && impl_->death_handler) impl_->death_handler(*impl_->failure);
}

Task<Result<std::string>> TestNetwork::get_info(std::string nickname, std::string key) {
  for (auto const& node : impl_->nodes)
    if (node->name() == nickname) co_return co_await node->get_info(std::move(key));
  co_return Error{"the private network has no node '" + printable(nickname, 40) + "'"};
}

std::vector<pid_t> TestNetwork::pids() const {
  std::vector<pid_t> out;
  for (auto const& node : impl_->nodes)
    if (auto const pid = node->pid()) out.push_back(*pid);
  return out;
}

}  // namespace perfd::testnet
