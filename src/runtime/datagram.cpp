#include "runtime/datagram.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/loop.h"

namespace perfd::runtime {

Result<DatagramSocket> DatagramSocket::bind(Loop& loop, Address const& address) {
  int const fd = ::socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return error_from(last_error(), "create a datagram socket");
  if (::bind(fd, address.native(), address.native_length()) != 0) {
    auto const code = last_error();
    ::close(fd);
    return error_from(code, "bind the datagram socket " + address.text());
  }
  return DatagramSocket(loop, fd);
}

Task<Result<DatagramSocket::Received>> DatagramSocket::receive(std::span<std::byte> into) {
  for (;;) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    auto const n = ::recvfrom(fd(), into.data(), into.size(), MSG_DONTWAIT,
                              reinterpret_cast<sockaddr*>(&storage), &length);
    if (n >= 0)
      co_return Received{static_cast<std::size_t>(n), Address::from_native(storage, length)};
    if (errno == EINTR || errno == ECONNREFUSED) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
      co_return error_from(last_error(), "receive a datagram");
    co_await readable();
  }
}

Result<> DatagramSocket::send_now(std::span<const std::byte> bytes, Address const& to) {
  ssize_t n = 0;
  do {
    n = ::sendto(fd(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL, to.native(),
                 to.native_length());
  } while (n < 0 && errno == EINTR);
  if (n < 0) return error_from(last_error(), "send a datagram to " + to.text());
  return {};
}

Result<Address> DatagramSocket::local_address() {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (::getsockname(fd(), reinterpret_cast<sockaddr*>(&storage), &length) != 0)
    return error_from(last_error(), "read the socket's own address");
  return Address::from_native(storage, length);
}

}  // namespace perfd::runtime
