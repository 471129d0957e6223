#include "runtime/socket.h"

#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/loop.h"

namespace perfd::runtime {
namespace {

template <class T>
Result<> set_option(int fd, int level, int option, T value, char const* what) {
  if (::setsockopt(fd, level, option, &value, sizeof value) != 0)
    return error_from(last_error(), what);
  return {};
}

constexpr int kReceiveStamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;

// sendfile has no MSG_NOSIGNAL: to a peer that is gone it would end the process. The thread that
// calls it does without the signal from then on, which needs no agreement with anybody else.
void block_broken_pipe_signal() {
  static thread_local bool const blocked = [] {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    return ::pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0;
  }();
  (void)blocked;
}

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

// The kernel's wall-clock stamp in the control messages, if there is one.
std::optional<Nanos> stamp_in(msghdr& message) {
  for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_TIMESTAMPING) continue;
    timespec software{};  // the first of three; the others are the hardware's
    std::memcpy(&software, CMSG_DATA(header), sizeof software);
    if (software.tv_sec == 0 && software.tv_nsec == 0) return std::nullopt;
    return Nanos{static_cast<std::int64_t>(software.tv_sec) * 1'000'000'000 + software.tv_nsec};
  }
  return std::nullopt;
}

}  // namespace

Result<StreamSocket> StreamSocket::create(Loop& loop, Address const& peer) {
  int const fd = ::socket(peer.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return error_from(last_error(), "create a socket");
  return StreamSocket(loop, fd);
}

Task<Result<>> StreamSocket::connect(Address peer) {
  if (::connect(fd(), peer.native(), peer.native_length()) == 0) co_return Result<>{};
  if (errno != EINPROGRESS) co_return error_from(last_error(), "connect to " + peer.text());
  co_await writable();
  int pending = 0;
  socklen_t length = sizeof pending;
  ::getsockopt(fd(), SOL_SOCKET, SO_ERROR, &pending, &length);
  if (pending != 0)
    co_return error_from({pending, boost::system::system_category()}, "connect to " + peer.text());
  co_return Result<>{};
}

Result<> StreamSocket::enable_receive_stamps() {
  // The kernel stamps packets only while some socket asks for it, and takes a moment to
  // begin after the first one asked. One socket that always asks spares every
  // measurement but the first that gap, in which arrivals carry no stamp.
  static int const keeper = [] {
    int const fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    (void)set_option(fd, SOL_SOCKET, SO_TIMESTAMPING, kReceiveStamps, "");
    return fd;
  }();
  (void)keeper;
  return set_option(fd(), SOL_SOCKET, SO_TIMESTAMPING, kReceiveStamps,
                    "ask for receive time stamps");
}

Result<> StreamSocket::set_no_delay() {
  return set_option(fd(), IPPROTO_TCP, TCP_NODELAY, 1, "set TCP_NODELAY");
}

Result<> StreamSocket::acknowledge_now() {
  return set_option(fd(), IPPROTO_TCP, TCP_QUICKACK, 1, "set TCP_QUICKACK");
}

Result<Received> StreamSocket::receive_now(std::span<std::byte> into) {
  iovec vector{into.data(), into.size()};
  alignas(cmsghdr) std::array<char, 128> control;
  msghdr message{};
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();

  Received out;
  out.called_at = mono_now();
  ssize_t n = 0;
  do {
    n = ::recvmsg(fd(), &message, MSG_DONTWAIT);
  } while (n < 0 && errno == EINTR);
  if (n < 0) {
    if (!would_block()) return error_from(last_error(), "receive");
    out.read_at = mono_now();
    out.drained = true;
    return out;
  }
  out.bytes = static_cast<std::size_t>(n);
  out.status = n == 0 ? Received::Status::end : Received::Status::data;
  // A stream read stops short of the buffer only when the queue is empty.
  out.drained = out.bytes < into.size();
  auto const stamp = n > 0 ? stamp_in(message) : std::nullopt;
  if (!stamp) {
    out.read_at = mono_now();
    return out;
  }
  auto const now = clock_pair();
  out.read_at = now.mono;
  auto const arrived = now.mono - (now.wall - *stamp);
  // A wall clock that was set between arrival and read puts the stamp in the future
  // or far back; a stamp that can't be true is no stamp.
  if (arrived <= now.mono) out.stamp = arrived;
  return out;
}

Task<Result<Received>> StreamSocket::receive(std::span<std::byte> into) {
  for (;;) {
    auto received = receive_now(into);
    if (!received || received->status != Received::Status::would_block) co_return received;
    co_await readable();
  }
}

std::size_t StreamSocket::bytes_waiting() {
  int count = 0;
  return ::ioctl(fd(), FIONREAD, &count) == 0 && count > 0 ? static_cast<std::size_t>(count) : 0;
}

Result<std::size_t> StreamSocket::send_now(std::span<const std::byte> bytes, bool more) {
  ssize_t n = 0;
  do {
    n = ::send(fd(), bytes.data(), bytes.size(),
               MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0));
  } while (n < 0 && errno == EINTR);
  if (n >= 0) return static_cast<std::size_t>(n);
  if (would_block()) return std::size_t{0};
  return error_from(last_error(), "send");
}

Result<std::size_t> StreamSocket::send_now(std::span<std::span<const std::byte> const> parts) {
  std::array<iovec, 8> vectors;
  auto const count = std::min(parts.size(), vectors.size());
  for (std::size_t i = 0; i < count; ++i)
    vectors[i] = {const_cast<std::byte*>(parts[i].data()), parts[i].size()};
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  ssize_t n = 0;
  do {
    n = ::sendmsg(fd(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  if (n >= 0) return static_cast<std::size_t>(n);
  if (would_block()) return std::size_t{0};
  return error_from(last_error(), "send");
}

Result<std::size_t> StreamSocket::send_file_now(int file, std::int64_t offset, std::size_t count) {
  block_broken_pipe_signal();
  off_t position = offset;
  ssize_t n = 0;
  do {
    n = ::sendfile(fd(), file, &position, count);
  } while (n < 0 && errno == EINTR);
  if (n >= 0) return static_cast<std::size_t>(n);
  if (would_block()) return std::size_t{0};
  return error_from(last_error(), "send");
}

Task<Result<>> StreamSocket::send_all(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    auto const sent = send_now(bytes);
    if (!sent) co_return sent.error();
    bytes = bytes.subspan(*sent);
    if (*sent == 0) co_await writable();
  }
  co_return Result<>{};
}

void StreamSocket::shutdown_send() { ::shutdown(fd(), SHUT_WR); }

void StreamSocket::reset_on_close() {
  linger const abort{1, 0};
  ::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
}

Result<Address> StreamSocket::local_address() {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (::getsockname(fd(), reinterpret_cast<sockaddr*>(&storage), &length) != 0)
    return error_from(last_error(), "read the socket's own address");
  return Address::from_native(storage, length);
}

Result<std::pair<StreamSocket, StreamSocket>> socket_pair(Loop& loop) {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    return error_from(last_error(), "create a socket pair");
  return std::pair{StreamSocket(loop, fds[0]), StreamSocket(loop, fds[1])};
}

}  // namespace perfd::runtime
