#include "runtime/descriptor.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cerrno>

#include "runtime/loop.h"

namespace perfd::runtime {
namespace {

using Wait = boost::asio::posix::descriptor_base;

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  auto const soft = limit.rlim_cur;
  // Children have the same: some close all that they might have, one by one.
  constexpr rlim_t kEnough = 65'536;
  limit.rlim_cur = std::max(soft, std::min(limit.rlim_max, kEnough));
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : soft;
}

Descriptor::Descriptor(Loop& loop, int fd) : descriptor_(loop.executor()) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  boost::system::error_code error;
  descriptor_.assign(fd, error);
  if (error) {
    ::close(fd);
    throw boost::system::system_error(error, "registering a file descriptor");
  }
}

Task<> Descriptor::readable() {
  co_await descriptor_.async_wait(Wait::wait_read, boost::asio::use_awaitable_t<Executor>{});
}

Task<> Descriptor::writable() {
  co_await descriptor_.async_wait(Wait::wait_write, boost::asio::use_awaitable_t<Executor>{});
}

Task<bool> Descriptor::readable_or_writable() {
  namespace asio = boost::asio;
  auto const [order, read_error, write_error] =
      co_await asio::experimental::make_parallel_group(
          descriptor_.async_wait(Wait::wait_read, asio::deferred),
          descriptor_.async_wait(Wait::wait_write, asio::deferred))
          .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable_t<Executor>{});
  bool const readable = order[0] == 0;
  if (auto const& error = readable ? read_error : write_error)
    throw boost::system::system_error(error);
  co_return readable;
}

void Descriptor::close() {
  boost::system::error_code ignored;
  descriptor_.close(ignored);
}

Task<Result<std::size_t>> Descriptor::read_some(std::span<std::byte> into) {
  for (;;) {
    auto const n = ::read(fd(), into.data(), into.size());
    if (n >= 0) co_return static_cast<std::size_t>(n);
    if (errno == EINTR) continue;
    if (!would_block()) co_return error_from(last_error(), "read");
    co_await readable();
  }
}

Task<Result<>> Descriptor::write_all(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    auto const n = ::write(fd(), bytes.data(), bytes.size());
    if (n >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(n));
      continue;
    }
    if (errno == EINTR) continue;
    if (!would_block()) co_return error_from(last_error(), "write");
    co_await writable();
  }
  co_return Result<>{};
}

}  // namespace perfd::runtime
