#include "testnet/node.h"

#include "runtime/deadline.h"
#include "wire/torctl/results.h"

namespace perfd::testnet {
namespace {

using runtime::mono_now;

constexpr auto kRetry = std::chrono::milliseconds{20};
constexpr auto kLastWords = std::chrono::milliseconds{300};

}  // namespace

Node::Node(runtime::Loop& loop, NodePlan plan)
    : loop_(loop),
      plan_(std::move(plan)),
      log_ended_(loop.context()),
      ended_(loop.context()),
      tasks_(loop) {}

std::optional<pid_t> Node::pid() const {
  if (!child_ || !child_->running()) return std::nullopt;
  return child_->pid();
}

runtime::Task<Result<>> Node::launch(runtime::Launcher& launcher, Plan const& network,
                                     std::function<void(Node&)> on_death) {
  on_death_ = std::move(on_death);
  runtime::ChildSpec spec;
  spec.program = network.tor;
  spec.arguments = {"--defaults-torrc", network.empty_file().string(), "-f",
                    (plan_.folder / "torrc").string()};
  spec.folder = plan_.folder;
  auto child = co_await launcher.start(std::move(spec));
  if (!child) co_return Error{name() + ": " + child.error().message, child.error().code};
  child_.emplace(std::move(*child));
  tasks_.spawn("log of " + name(), read_log());
  tasks_.spawn("watch of " + name(), watch());
  co_return Result<>{};
}

runtime::Task<> Node::read_log() {
  runtime::LineReader lines(child_->output());
  while (auto line = co_await lines.next()) log_.add(std::move(*line));
  log_ended_.set();
}

runtime::Task<> Node::watch() {
  auto const status = co_await child_->wait();
  if (!stopping_) {
    co_await log_ended_.wait_until(mono_now() + kLastWords);
    death_ = Error{name() + " (tor, process " + std::to_string(child_->pid()) +
                   ") ended: " + status.text() + log_.clause("; it logged nothing")};
  }
  ended_.set();
  if (death_ && on_death_) on_death_(*this);
}

runtime::Task<Error> Node::explain(Error error) {
  // A connection breaks a moment before the end of its process is known; tor's own refusal
  // has nothing to do with it.
  bool const refused = error.code.category() == wire::torctl::reply_category();
  if (child_ && !stopping_ && !refused) co_await ended_.wait_until(mono_now() + kLastWords);
  if (death_) co_return *death_;
  co_return Error{name() + ": " + error.message, error.code};
}

runtime::Task<Result<>> Node::connect(MonoTime deadline) {
  auto const address = runtime::Address::numeric(plan_.address, plan_.control_port);
  if (!address) co_return address.error();
  tor::Credentials credentials;
  credentials.cookie_file = plan_.folder / "control_auth_cookie";
  Error last = runtime::deadline_passed("connect to the control port");
  while (!dead() && mono_now() < deadline) {
    auto opened =
        co_await tor::ControlConnection::open(loop_, tasks_, *address, credentials, deadline);
    if (opened) {
      control_ = std::move(*opened);
      co_return Result<>{};
    }
    last = opened.error();
    if (!dead()) co_await runtime::sleep_for(kRetry);
  }
  if (dead()) co_return death();
  co_return Error{name() + " did not answer on its control port " + plan_.control().text() +
                      " in time (" + last.message + ")" + log_.clause(""),
                  last.code};
}

runtime::Task<Result<std::string>> Node::get_info(std::string key) {
  if (dead()) co_return death();
  auto value = co_await control_.getinfo(std::move(key));
  if (!value) co_return co_await explain(value.error());
  co_return value;
}

runtime::Task<Result<>> Node::set_conf(std::string key, std::string value) {
  if (dead()) co_return death();
  tor::ControlConnection::ConfigEntries entries;
  entries.push_back({std::move(key), std::move(value)});
  auto const done = co_await control_.setconf(std::move(entries));
  if (!done) co_return co_await explain(done.error());
  co_return done;
}

runtime::Task<Result<>> Node::signal(std::string signal_name) {
  if (dead()) co_return death();
  auto const done = co_await control_.signal(std::move(signal_name));
  if (!done) co_return co_await explain(done.error());
  co_return done;
}

runtime::Task<Result<>> Node::stop(Nanos grace) {
  stopping_ = true;
  if (child_ && child_->running()) co_await child_->terminate(grace);
  control_.close();
  co_await tasks_.stop();
  co_return Result<>{};
}

}  // namespace perfd::testnet
