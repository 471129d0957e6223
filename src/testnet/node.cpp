#include "testnet/node.h"

#include <algorithm>

#include "runtime/deadline.h"
#include "runtime/files.h"
#include "runtime/random.h"
#include "wire/torctl/auth.h"
#include "wire/torctl/results.h"

namespace perfd::testnet {
namespace {

using runtime::mono_now;
using wire::torctl::Reply;
namespace command = wire::torctl::command;

constexpr auto kRetry = std::chrono::milliseconds{20};
constexpr auto kCommandLimit = std::chrono::seconds{20};
constexpr auto kLastWords = std::chrono::milliseconds{300};

Result<wire::torctl::AuthBytes> read_cookie(std::filesystem::path const& file) {
  auto const text = runtime::read_file(file, 64);
  if (!text) return text.error();
  wire::torctl::AuthBytes out;
  if (text->size() != out.size()) return Error{file.string() + " is not complete"};
  std::memcpy(out.data(), text->data(), out.size());
  return out;
}

// Sets an event at the end of its scope, however that comes.
class Release {
 public:
  Release(bool& busy, runtime::Event& free) : busy_(busy), free_(free) {}
  ~Release() {
    busy_ = false;
    free_.set();
  }
  Release(Release const&) = delete;
  Release& operator=(Release const&) = delete;

 private:
  bool& busy_;
  runtime::Event& free_;
};

}  // namespace

Node::Node(runtime::Loop& loop, NodePlan plan)
    : loop_(loop),
      plan_(std::move(plan)),
      log_ended_(loop.context()),
      ended_(loop.context()),
      free_(loop.context()),
      tasks_(loop) {
  free_.set();
}

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
    auto const quoted = log_.quoted();
    death_ = Error{name() + " (tor, process " + std::to_string(child_->pid()) +
                   ") ended: " + status.text() +
                   (quoted.empty() ? "; it logged nothing" : "; its log says " + quoted)};
  }
  ended_.set();
  if (death_ && on_death_) on_death_(*this);
}

runtime::Task<Error> Node::explain(Error error) {
  // A connection breaks a moment before the end of its process is known.
  if (child_ && !stopping_) co_await ended_.wait_until(mono_now() + kLastWords);
  if (death_) co_return *death_;
  co_return Error{name() + ": " + error.message, error.code};
}

runtime::Task<Result<>> Node::connect(MonoTime deadline) {
  Error last = runtime::deadline_passed("connect to the control port");
  while (!dead() && mono_now() < deadline) {
    auto const connected = co_await runtime::with_deadline(deadline, try_connect());
    if (connected) co_return Result<>{};
    control_.reset();
    last = connected.error();
    if (!dead()) co_await runtime::sleep_for(kRetry);
  }
  if (dead()) co_return death();
  auto const quoted = log_.quoted();
  co_return Error{name() + " did not answer on its control port " + plan_.control().text() +
                      " in time (" + last.message + ")" +
                      (quoted.empty() ? "" : "; its log says " + quoted),
                  last.code};
}

runtime::Task<Result<>> Node::try_connect() {
  auto const cookie = read_cookie(plan_.folder / "control_auth_cookie");
  if (!cookie) co_return cookie.error();
  auto const address = runtime::Address::numeric(plan_.address, plan_.control_port);
  if (!address) co_return address.error();
  auto socket = runtime::StreamSocket::create(loop_, *address);
  if (!socket) co_return socket.error();
  if (auto ok = co_await socket->connect(*address); !ok) co_return ok.error();
  control_.emplace(std::move(*socket));
  reader_ = wire::torctl::ReplyReader();
  mid_exchange_ = false;

  wire::torctl::AuthBytes nonce;
  runtime::fill_random(nonce);
  auto const challenge_reply = co_await exchange(command::authchallenge(nonce));
  if (!challenge_reply) co_return challenge_reply.error();
  auto const challenge = wire::torctl::parse_authchallenge(*challenge_reply);
  if (!challenge) co_return challenge.error();
  auto const answer = wire::torctl::answer_challenge(*challenge, *cookie, nonce);
  if (!answer) co_return answer.error();
  auto const accepted = co_await exchange(command::authenticate_bytes(*answer));
  if (!accepted) co_return accepted.error();
  co_return wire::torctl::expect_ok(*accepted, "AUTHENTICATE");
}

runtime::Task<Result<Reply>> Node::exchange(std::string bytes) {
  mid_exchange_ = true;
  if (auto ok = co_await control_->send_all(std::as_bytes(std::span<const char>(bytes))); !ok)
    co_return ok.error();
  auto reply = co_await read_reply();
  mid_exchange_ = !reply;
  co_return reply;
}

runtime::Task<Result<Reply>> Node::read_reply() {
  std::array<std::byte, 16 * 1024> buffer;
  for (;;) {
    while (auto reply = reader_.next())
      if (!reply->is_event()) co_return std::move(*reply);
    auto const received = co_await control_->receive(buffer);
    if (!received) co_return received.error();
    if (received->status == runtime::Received::Status::end)
      co_return Error{"tor closed the control connection"};
    auto const fed = reader_.feed({reinterpret_cast<char const*>(buffer.data()), received->bytes});
    if (!fed) co_return fed.error();
  }
}

runtime::Task<Result<Reply>> Node::command(std::string bytes) {
  while (busy_) {
    free_.reset();
    co_await free_.wait();
  }
  busy_ = true;
  Release const release(busy_, free_);
  if (dead()) co_return death();
  auto const deadline = mono_now() + kCommandLimit;
  // A reply that came too late for its command must not be taken for the next one's.
  if (!control_ || mid_exchange_)
    if (auto ok = co_await connect(deadline); !ok) co_return ok.error();
  auto reply = co_await runtime::with_deadline(deadline, exchange(std::move(bytes)));
  if (reply) co_return reply;
  co_return co_await explain(reply.error());
}

runtime::Task<Result<std::string>> Node::get_info(std::string key) {
  auto bytes = command::getinfo(std::span(&key, 1));
  if (!bytes) co_return bytes.error();
  auto const reply = co_await command(std::move(*bytes));
  if (!reply) co_return reply.error();
  auto values = wire::torctl::parse_getinfo(*reply);
  if (!values) co_return Error{name() + ": " + values.error().message, values.error().code};
  auto const* const value = wire::torctl::find(*values, key);
  if (value == nullptr) co_return Error{name() + " did not answer GETINFO " + key};
  co_return success(*value);
}

runtime::Task<Result<>> Node::set_conf(std::string key, std::string value) {
  command::ConfigEntry const entry{std::move(key), std::move(value)};
  auto bytes = command::setconf(std::span(&entry, 1));
  if (!bytes) co_return bytes.error();
  auto const reply = co_await command(std::move(*bytes));
  if (!reply) co_return reply.error();
  if (auto ok = wire::torctl::expect_ok(*reply, "SETCONF"); !ok)
    co_return Error{name() + ": " + ok.error().message, ok.error().code};
  co_return Result<>{};
}

runtime::Task<Result<>> Node::signal(std::string signal_name) {
  auto bytes = command::signal(signal_name);
  if (!bytes) co_return bytes.error();
  auto const reply = co_await command(std::move(*bytes));
  if (!reply) co_return reply.error();
  if (auto ok = wire::torctl::expect_ok(*reply, "SIGNAL " + signal_name); !ok)
    co_return Error{name() + ": " + ok.error().message, ok.error().code};
  co_return Result<>{};
}

runtime::Task<Result<>> Node::stop(Nanos grace) {
  stopping_ = true;
  if (child_ && child_->running()) co_await child_->terminate(grace);
  co_await tasks_.stop();
  control_.reset();
  co_return Result<>{};
}

}  // namespace perfd::testnet
