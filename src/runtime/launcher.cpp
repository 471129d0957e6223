#include "runtime/launcher.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/cancellation_state.hpp>
#include <cerrno>
#include <utility>

#include "runtime/deadline.h"
#include "runtime/launcher_protocol.h"
#include "runtime/loop.h"

namespace perfd::runtime {

using launcher::Head;
using launcher::Kind;

std::string ExitStatus::text() const {
  if (signal != 0)
    return "killed by signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
  return "exit code " + std::to_string(code);
}

Result<LauncherChannel> LauncherChannel::fork_now() {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
    return error_from(last_error(), "create the launcher's channel");
  pid_t const self = ::getpid();
  pid_t const pid = ::fork();
  if (pid < 0) {
    auto const code = last_error();
    ::close(pair[0]);
    ::close(pair[1]);
    return error_from(code, "fork the launcher");
  }
  if (pid == 0) launcher::serve(pair[1], self);
  ::close(pair[1]);
  return LauncherChannel(pair[0], pid);
}

LauncherChannel::LauncherChannel(LauncherChannel&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), pid_(std::exchange(other.pid_, 0)) {}

LauncherChannel::~LauncherChannel() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::waitpid(pid_, nullptr, 0);
}

struct Launcher::Impl {
  Impl(Loop& l, int fd, pid_t p) : loop(l), channel(l, fd), pid(p), tasks(l) {}

  Loop& loop;
  Descriptor channel;
  pid_t pid;
  bool lost = false;
  std::uint32_t next_token = 1;
  std::map<std::uint32_t, std::shared_ptr<Child::State>> children;
  std::function<void()> lost_handler;
  TaskGroup tasks;

  Result<> send(Head const& head, std::string_view body, int output);
  Task<> read_packets();
  void handle(Head const& head);
  void lose();
};

struct Child::State {
  State(Loop& loop, int pipe, std::uint32_t t)
      : output(loop, pipe), answered(loop.context()), ended(loop.context()), token(t) {}

  Descriptor output;
  Event answered;  // the launcher told whether it started
  Event ended;
  std::uint32_t token;
  pid_t pid = 0;
  int start_error = 0;
  std::optional<ExitStatus> status;
  Launcher::Impl* launcher = nullptr;  // null once it ended or the launcher is gone
};

Result<> Launcher::Impl::send(Head const& head, std::string_view body, int output) {
  std::string packet(reinterpret_cast<char const*>(&head), sizeof head);
  packet.append(body);
  if (packet.size() > launcher::kPacketLimit)
    return Error{"the command line is longer than " + std::to_string(launcher::kPacketLimit) +
                 " bytes"};
  iovec vector{packet.data(), packet.size()};
  msghdr message{};
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  if (output >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    auto* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &output, sizeof output);
  }
  // The launcher reads at once and does nothing slow; a full queue is its death.
  if (lost || ::sendmsg(channel.fd(), &message, MSG_NOSIGNAL) < 0)
    return Error{"perfd's launcher process is gone; restart perfd",
                 make_error_code(boost::system::errc::broken_pipe)};
  return {};
}

Task<> Launcher::Impl::read_packets() {
  for (;;) {
    Head head;
    auto const n = co_await channel.read_some(std::as_writable_bytes(std::span(&head, 1)));
    if (!n || *n != sizeof head) break;
    handle(head);
  }
  lose();
}

void Launcher::Impl::handle(Head const& head) {
  auto const found = children.find(head.token);
  if (found == children.end()) return;
  auto const state = found->second;
  if (head.kind == Kind::started) {
    state->pid = head.pid;
    state->start_error = head.value;
    state->answered.set();
    if (head.value != 0) children.erase(found);
  } else if (head.kind == Kind::exited) {
    state->status = WIFSIGNALED(head.value) ? ExitStatus{0, WTERMSIG(head.value)}
                                            : ExitStatus{WEXITSTATUS(head.value), 0};
    state->launcher = nullptr;
    state->ended.set();
    children.erase(found);
  }
}

void Launcher::Impl::lose() {
  lost = true;
  // The kernel kills the children of a launcher that died (PR_SET_PDEATHSIG).
  for (auto const& [token, state] : std::exchange(children, {})) {
    state->start_error = EPIPE;
    state->status = ExitStatus{0, SIGKILL};
    state->launcher = nullptr;
    state->answered.set();
    state->ended.set();
  }
  if (lost_handler) std::exchange(lost_handler, nullptr)();
}

Launcher::Launcher(Loop& loop, LauncherChannel channel)
    : impl_(std::make_unique<Impl>(loop, std::exchange(channel.fd_, -1), channel.pid_)) {
  impl_->tasks.spawn("launcher", impl_->read_packets());
}

Launcher::~Launcher() {
  for (auto const& [token, state] : impl_->children) state->launcher = nullptr;
  impl_->channel.close();  // its end of life: it ends its children, then itself
  ::waitpid(impl_->pid, nullptr, 0);
}

Task<> Launcher::stop() { co_await impl_->tasks.stop(); }

std::size_t Launcher::running() const { return impl_->children.size(); }

void Launcher::on_lost(std::function<void()> handler) { impl_->lost_handler = std::move(handler); }

Task<Result<Child>> Launcher::start(ChildSpec spec) {
  std::string body;
  launcher::append(body, spec.folder.string());
  launcher::append(body, spec.program.string());
  for (auto const& argument : spec.arguments) launcher::append(body, argument);
  launcher::append(body, launcher::kSeparator);
  for (auto const& addition : spec.environment) launcher::append(body, addition);

  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) co_return error_from(last_error(), "create a pipe");
  auto const token = impl_->next_token++;
  auto state = std::make_shared<Child::State>(impl_->loop, pipe[0], token);
  state->launcher = impl_.get();
  impl_->children.emplace(token, state);
  Child child(state);
  auto const sent = impl_->send({Kind::start, token, 0, 0}, body, pipe[1]);
  ::close(pipe[1]);
  if (!sent) {
    impl_->children.erase(token);
    state->launcher = nullptr;
    co_return sent.error();
  }
  std::exception_ptr cancelled;
  try {
    co_await state->answered.wait();
  } catch (...) {
    cancelled = std::current_exception();
  }
  if (cancelled) {
    // Whoever gave up must not meet the child afterwards: it ends before the caller goes on.
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
    co_await state->answered.wait();
    if (state->start_error == 0) {
      child.send_signal(SIGKILL);
      co_await state->ended.wait();
    }
  }
  if (state->start_error != 0) state->launcher = nullptr;
  if (cancelled) std::rethrow_exception(cancelled);
  if (state->start_error != 0) {
    boost::system::error_code const code(state->start_error, boost::system::system_category());
    co_return Error{"can't start " + spec.program.string() + ": " + code.message(), code};
  }
  co_return child;
}

Child::~Child() {
  if (state_ && running()) send_signal(SIGKILL);
}
Child::Child(Child&&) noexcept = default;
Child& Child::operator=(Child&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

pid_t Child::pid() const { return state_->pid; }
Descriptor& Child::output() { return state_->output; }
bool Child::running() const { return state_->launcher != nullptr; }
std::optional<ExitStatus> Child::exit_status() const { return state_->status; }

void Child::send_signal(int number) {
  if (running()) (void)state_->launcher->send({Kind::signal, state_->token, 0, number}, {}, -1);
}

Task<ExitStatus> Child::wait() {
  auto const state = state_;
  co_await state->ended.wait();
  co_return *state->status;
}

Task<ExitStatus> Child::terminate(Nanos grace) {
  auto const state = state_;
  send_signal(SIGTERM);
  if (!co_await state->ended.wait_until(mono_now() + grace)) {
    send_signal(SIGKILL);
    co_await state->ended.wait();
  }
  co_return *state->status;
}

Task<std::optional<std::string>> LineReader::next() {
  for (;;) {
    if (auto const end = buffer_.find('\n'); end != std::string::npos) {
      auto line = buffer_.substr(0, std::min(end, limit_));
      buffer_.erase(0, end + 1);
      if (std::exchange(skipping_, false)) continue;
      co_return line;
    }
    if (skipping_) buffer_.clear();
    if (buffer_.size() >= limit_) {
      auto line = buffer_.substr(0, limit_);
      buffer_.clear();
      skipping_ = true;
      co_return line;
    }
    if (ended_) {
      if (buffer_.empty()) co_return std::nullopt;
      co_return std::exchange(buffer_, {});
    }
    std::array<std::byte, 4096> chunk;
    auto const n = co_await source_.read_some(chunk);
    if (!n || *n == 0)
      ended_ = true;
    else
      buffer_.append(reinterpret_cast<char const*>(chunk.data()), *n);
  }
}

}  // namespace perfd::runtime
