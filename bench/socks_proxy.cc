// A plain SOCKS 5 proxy on loopback, the same for both sides of `scripts/bench client`.
//
//   bench_socks_proxy [PORT]     0 by default; prints the address it listens on
//
// It knows CONNECT to a numeric IPv4 address, given as such or as text, without credentials or
// with any user name and password. Payload is spliced: it costs as little as a proxy can, so
// that what the client costs shows. One thread a connection; every wait is bounded.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

namespace {

constexpr int kWaitMs = 30'000;
constexpr std::size_t kPipeSize = 1 << 20;

struct Fd {
  int number = -1;
  explicit Fd(int n) : number(n) {}
  Fd(Fd&& other) noexcept : number(other.number) { other.number = -1; }
  Fd(Fd const&) = delete;
  ~Fd() {
    if (number >= 0) ::close(number);
  }
};

bool read_all(int fd, void* into, std::size_t count) {
  auto* bytes = static_cast<char*>(into);
  while (count > 0) {
    pollfd waited{fd, POLLIN, 0};
    if (::poll(&waited, 1, kWaitMs) <= 0) return false;
    auto const n = ::read(fd, bytes, count);
    if (n <= 0) return false;
    bytes += n;
    count -= static_cast<std::size_t>(n);
  }
  return true;
}

bool write_all(int fd, void const* from, std::size_t count) {
  return ::send(fd, from, count, MSG_NOSIGNAL) == static_cast<ssize_t>(count);
}

// Greeting, and credentials where the client has some (RFC 1928, RFC 1929).
bool agree_on_method(int client) {
  std::array<std::uint8_t, 255> text;
  std::uint8_t head[2];
  if (!read_all(client, head, 2) || head[0] != 5 || !read_all(client, text.data(), head[1]))
    return false;
  bool const credentials = std::memchr(text.data(), 2, head[1]) != nullptr;
  std::uint8_t const chosen[2] = {5, static_cast<std::uint8_t>(credentials ? 2 : 0)};
  if (!write_all(client, chosen, 2)) return false;
  if (!credentials) return true;
  std::uint8_t length = 0;
  if (!read_all(client, head, 2) || !read_all(client, text.data(), head[1]) ||
      !read_all(client, &length, 1) || !read_all(client, text.data(), length))
    return false;
  std::uint8_t const welcome[2] = {1, 0};
  return write_all(client, welcome, 2);
}

bool read_target(int client, sockaddr_in& target) {
  std::uint8_t head[4];
  if (!read_all(client, head, 4) || head[0] != 5 || head[1] != 1) return false;
  if (head[3] == 1) {
    if (!read_all(client, &target.sin_addr, 4)) return false;
  } else if (head[3] == 3) {
    std::uint8_t length = 0;
    std::array<char, 256> name{};
    if (!read_all(client, &length, 1) || !read_all(client, name.data(), length) ||
        ::inet_pton(AF_INET, name.data(), &target.sin_addr) != 1)
      return false;
  } else {
    return false;
  }
  target.sin_family = AF_INET;
  return read_all(client, &target.sin_port, 2);
}

// Moves what there is from one socket to the other through a pipe; false at the end.
bool pass_on(int from, int to, int const (&pipe)[2]) {
  auto const n = ::splice(from, nullptr, pipe[1], nullptr, kPipeSize, SPLICE_F_MOVE);
  if (n <= 0) return false;
  for (auto left = n; left > 0;) {
    auto const moved =
        ::splice(pipe[0], nullptr, to, nullptr, static_cast<std::size_t>(left), SPLICE_F_MOVE);
    if (moved <= 0) return false;
    left -= moved;
  }
  return true;
}

void relay(int client, int server) {
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) return;
  Fd const read_end(pipe[0]), write_end(pipe[1]);
  ::fcntl(pipe[0], F_SETPIPE_SZ, static_cast<int>(kPipeSize));
  std::array<pollfd, 2> waited{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
  while (::poll(waited.data(), waited.size(), kWaitMs) > 0) {
    if (waited[1].revents != 0 && !pass_on(server, client, pipe)) return;
    if (waited[0].revents != 0 && !pass_on(client, server, pipe)) return;
  }
}

void serve(Fd client) {
  int const on = 1;
  ::setsockopt(client.number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in target{};
  if (!agree_on_method(client.number) || !read_target(client.number, target)) return;
  Fd const server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ::setsockopt(server.number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bool const connected =
      ::connect(server.number, reinterpret_cast<sockaddr const*>(&target), sizeof target) == 0;
  std::uint8_t const reply[10] = {5, static_cast<std::uint8_t>(connected ? 0 : 5), 0, 1};
  if (write_all(client.number, reply, sizeof reply) && connected)
    relay(client.number, server.number);
}

}  // namespace

int main(int argc, char** argv) {
  Fd const listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  address.sin_port = ::htons(static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0));
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof address;
  if (::bind(listener.number, raw, length) != 0 || ::listen(listener.number, 512) != 0 ||
      ::getsockname(listener.number, raw, &length) != 0) {
    std::perror("bench_socks_proxy");
    return 3;
  }
  std::printf("127.0.0.1:%d\n", ::ntohs(address.sin_port));
  std::fflush(stdout);
  for (;;) {
    int const client = ::accept4(listener.number, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    std::thread([connection = Fd(client)]() mutable { serve(std::move(connection)); }).detach();
  }
}
