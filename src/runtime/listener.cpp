#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "runtime/loop.h"
#include "runtime/socket.h"

namespace perfd::runtime {
namespace {

constexpr int kBacklog = 4096;

// Whether anybody still accepts on a unix socket's path; also one whose queue is full.
bool is_served(Address const& address) {
  int const probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  bool const served =
      ::connect(probe, address.native(), address.native_length()) == 0 || errno == EAGAIN;
  ::close(probe);
  return served;
}

std::string remedy(int error) {
  switch (error) {
    case EADDRINUSE:
      return " (another program uses it: choose another port, or port 0 for any free one)";
    case EACCES:
      return " (ports below 1024 need root; perfd drops privileges after binding)";
    case EADDRNOTAVAIL:
      return " (no interface of this machine has that address)";
    default:
      return "";
  }
}

Result<> take(int fd, Address const& address) {
  if (::bind(fd, address.native(), address.native_length()) == 0 && ::listen(fd, kBacklog) == 0)
    return {};
  auto const code = last_error();
  return Error{"can't listen on " + address.text() + ": " + code.message() + remedy(code.value()),
               code};
}

// A lock on a folder, as long as it lives.
class FolderLock {
 public:
  explicit FolderLock(std::filesystem::path const& folder)
      : fd_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}
  ~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  FolderLock(FolderLock const&) = delete;
  FolderLock& operator=(FolderLock const&) = delete;

  // False when somebody else still had it after that time. Where the folder can't be locked at all,
  // by its rights or its file system, it is used without. Asks again and again: no flock() ends by
  // itself, and no signal that interrupts it should be what bounds it.
  [[nodiscard]] bool lock(Nanos limit) const {
    constexpr std::chrono::milliseconds kPause{1};
    for (auto left = limit;; left -= kPause) {
      if (fd_ < 0 || ::flock(fd_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return true;
      if (left <= Nanos{0}) return false;
      std::this_thread::sleep_for(kPause);
    }
  }

 private:
  int fd_;
};

// Binds and listens; on a unix socket's path in the place of a socket that nobody serves any
// more. A lock on the folder makes look, unlink, bind and listen one step: of two that start at
// once, the second would else take the first one's new socket, which does not listen yet, for a
// stale one.
Result<> bind_and_listen(int fd, Address const& address, Nanos lock_limit) {
  if (!address.is_unix()) return take(fd, address);
  auto folder = std::filesystem::path(address.host()).parent_path();
  if (folder.empty()) folder = ".";
  FolderLock const lock(folder);
  if (!lock.lock(lock_limit))
    return Error{"can't listen on " + address.text() + ": another program holds a lock on " +
                     folder.string() + " (flock), which perfd needs for a moment",
                 make_error_code(boost::system::errc::resource_unavailable_try_again)};
  if (!is_served(address)) ::unlink(address.host().c_str());
  return take(fd, address);
}

}  // namespace

Result<BoundListener> BoundListener::bind(Address const& address, Nanos lock_limit) {
  int const fd = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return error_from(last_error(), "create a socket");
  BoundListener out(fd, address);
  int const on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (auto const taken = bind_and_listen(fd, address, lock_limit); !taken) return taken.error();
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length);
  out.address_ = Address::from_native(storage, length);
  return out;
}

BoundListener::BoundListener(BoundListener&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), address_(other.address_) {}

BoundListener& BoundListener::operator=(BoundListener&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(address_, other.address_);
  return *this;
}

BoundListener::~BoundListener() {
  if (fd_ >= 0) ::close(fd_);
}

int BoundListener::release() { return std::exchange(fd_, -1); }

Listener::Listener(Loop& loop, BoundListener bound)
    : loop_(loop), address_(bound.address()), descriptor_(loop, bound.release()) {}

Task<Result<Listener::Accepted>> Listener::accept() {
  for (;;) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    auto const called_at = mono_now();
    int const fd = ::accept4(descriptor_.fd(), reinterpret_cast<sockaddr*>(&storage), &length,
                             SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
      co_return Accepted{StreamSocket(loop_, fd), Address::from_native(storage, length), called_at,
                         mono_now()};
    switch (errno) {
      case EAGAIN:
        co_await descriptor_.readable();
        break;
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM:
      case EBADF:
      case EINVAL:
        co_return error_from(last_error(), "accept on " + address_.text());
      default:  // the connection died before it was accepted (ECONNABORTED, EPROTO, …)
        break;
    }
  }
}

}  // namespace perfd::runtime
