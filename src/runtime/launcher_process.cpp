// The launcher process itself: no loop, no threads, plain system calls.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <span>

#include "runtime/launcher_protocol.h"

namespace perfd::runtime::launcher {
namespace {

// How long children get between SIGTERM and SIGKILL once perfd is gone.
constexpr int kGraceMs = 1500;

void send_packet(int channel, Head const& head) {
  // A full queue means that perfd does not read; the packet must not be lost, so wait.
  while (::send(channel, &head, sizeof head, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

struct Request {
  Head head;
  std::string body;
  int output = -1;
};

// False at the end of the channel.
bool receive_packet(int channel, Request& request) {
  std::string buffer(kPacketLimit, '\0');
  iovec vector{buffer.data(), buffer.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  msghdr message{};
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t n = 0;
  do {
    n = ::recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
  } while (n < 0 && errno == EINTR);
  if (n < static_cast<ssize_t>(sizeof(Head))) return false;
  std::memcpy(&request.head, buffer.data(), sizeof(Head));
  request.body.assign(buffer, sizeof(Head), static_cast<std::size_t>(n) - sizeof(Head));
  for (auto* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c))
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
      std::memcpy(&request.output, CMSG_DATA(c), sizeof(int));
  return true;
}

// In the new process: everything between fork and exec. Returns errno on failure.
int become(Request const& request, pid_t launcher) {
  auto const parts = strings_of(request.body);
  if (parts.size() < 2) return EINVAL;
  ::setsid();  // away from the terminal: a Ctrl-C there is perfd's to handle
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != launcher) return ESRCH;  // it died before the line above

  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int const number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT}) ::signal(number, SIG_DFL);

  int const null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, STDIN_FILENO);
  ::dup2(request.output, STDOUT_FILENO);
  ::dup2(request.output, STDERR_FILENO);
  if (!parts[0].empty() && ::chdir(parts[0].c_str()) != 0) return errno;

  std::vector<char*> arguments;
  std::size_t i = 1;
  for (; i < parts.size() && parts[i] != kSeparator; ++i)
    arguments.push_back(const_cast<char*>(parts[i].c_str()));
  arguments.push_back(nullptr);
  for (++i; i < parts.size(); ++i) ::putenv(const_cast<char*>(parts[i].c_str()));
  ::execv(arguments[0], arguments.data());
  return errno;
}

// The child's pid, or -errno where the program could not be executed.
pid_t start_child(Request const& request) {
  int report[2];
  if (::pipe2(report, O_CLOEXEC) != 0) return -errno;
  pid_t const self = ::getpid();
  pid_t const pid = ::fork();
  if (pid == 0) {
    int const error = become(request, self);
    [[maybe_unused]] auto const written = ::write(report[1], &error, sizeof error);
    ::_exit(127);
  }
  int const fork_error = errno;
  ::close(report[1]);
  int error = 0;
  ssize_t n = 0;
  if (pid > 0) {
    do {
      n = ::read(report[0], &error, sizeof error);  // ends at once when exec closes the pipe
    } while (n < 0 && errno == EINTR);
  }
  ::close(report[0]);
  if (pid < 0) return -fork_error;
  if (n == sizeof error) {
    ::waitpid(pid, nullptr, 0);
    return -error;
  }
  return pid;
}

std::set<pid_t> children_of_self() {
  std::set<pid_t> out;
  std::string const path = "/proc/self/task/" + std::to_string(::getpid()) + "/children";
  if (auto* const file = std::fopen(path.c_str(), "re")) {
    int pid = 0;
    while (std::fscanf(file, "%d", &pid) == 1) out.insert(pid);
    std::fclose(file);
  }
  return out;
}

std::int64_t now_ms() {
  timespec ts{};
  ::clock_gettime(CLOCK_MONOTONIC, &ts);
  return static_cast<std::int64_t>(ts.tv_sec) * 1000 + ts.tv_nsec / 1'000'000;
}

[[noreturn]] void end_everything(std::map<pid_t, std::uint32_t> const& known) {
  auto const killing_from = now_ms() + kGraceMs;
  std::set<pid_t> asked;
  for (;;) {
    int status = 0;
    pid_t pid = 0;
    while ((pid = ::waitpid(-1, &status, WNOHANG)) > 0) {
    }
    if (pid < 0 && errno == ECHILD) ::_exit(0);
    // Grandchildren become ours as their parents end, so look again each time.
    auto targets = children_of_self();
    for (auto const& [child, token] : known) targets.insert(child);
    bool const kill = now_ms() >= killing_from;
    for (pid_t const target : targets)
      if (kill)
        ::kill(target, SIGKILL);
      else if (asked.insert(target).second)
        ::kill(target, SIGTERM);
    ::poll(nullptr, 0, 10);
  }
}

// Kills what children that ended have left behind: the processes of their sessions, as these come
// to the subreaper. A session with none of those any more is forgotten.
void end_remains(std::set<pid_t>& sessions, std::map<pid_t, std::uint32_t> const& known) {
  if (sessions.empty()) return;
  std::set<pid_t> remaining;
  for (pid_t const child : children_of_self()) {
    auto const session = ::getsid(child);
    if (known.contains(child) || !sessions.contains(session)) continue;
    ::kill(child, SIGKILL);
    remaining.insert(session);
  }
  sessions = std::move(remaining);
}

// `ended` gets the session of each child that was found to have ended.
void reap(int channel, std::map<pid_t, std::uint32_t>& known, std::set<pid_t>& ended) {
  int status = 0;
  pid_t pid = 0;
  while ((pid = ::waitpid(-1, &status, WNOHANG)) > 0) {
    auto const found = known.find(pid);
    if (found == known.end()) continue;  // a grandchild that came to the subreaper
    send_packet(channel, {Kind::exited, found->second, pid, status});
    known.erase(found);
    ended.insert(pid);  // become() made it the leader of one
  }
}

}  // namespace

void serve(int channel, pid_t perfd) {
  ::setsid();
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_NAME, "perfd-launcher");
  for (int const number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT})
    ::signal(number, SIG_IGN);  // it ends when its channel does, not before
  // Nothing of perfd's may stay open here: a listening port or a database would outlive it.
  if (channel != 3) {
    ::dup2(channel, 3);
    channel = 3;
  }
  ::fcntl(channel, F_SETFD, FD_CLOEXEC);
  ::syscall(SYS_close_range, 4U, ~0U, 0U);
  (void)perfd;

  sigset_t chld;
  sigemptyset(&chld);
  sigaddset(&chld, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &chld, nullptr);
  int const signals = ::signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);

  std::map<pid_t, std::uint32_t> known;
  std::set<pid_t> ended;  // sessions of children that have
  for (;;) {
    pollfd watched[2] = {{channel, POLLIN, 0}, {signals, POLLIN, 0}};
    ::poll(watched, 2, -1);
    if (watched[1].revents != 0) {
      signalfd_siginfo info;
      while (::read(signals, &info, sizeof info) > 0) {
      }
      reap(channel, known, ended);
      end_remains(ended, known);
    }
    if (watched[0].revents == 0) continue;
    Request request;
    if (!receive_packet(channel, request)) end_everything(known);
    if (request.head.kind == Kind::start) {
      pid_t const pid = start_child(request);
      if (pid > 0) known.emplace(pid, request.head.token);
      send_packet(channel, {Kind::started, request.head.token, pid > 0 ? pid : 0,
                            pid > 0 ? 0 : static_cast<std::int32_t>(-pid)});
    } else if (request.head.kind == Kind::signal) {
      // By token: a pid could have been used again by now.
      for (auto const& [pid, token] : known)
        if (token == request.head.token) ::kill(pid, request.head.value);
    }
    if (request.output >= 0) ::close(request.output);
  }
}

}  // namespace perfd::runtime::launcher
