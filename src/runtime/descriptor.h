// An owned, non-blocking file descriptor that the loop can wait for.
// The base of sockets, pipes and the launcher's channel.
// Thread: the loop's.
#pragma once

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include "base/result.h"
#include "runtime/task.h"

namespace perfd::runtime {

class Descriptor {
 public:
  // Takes ownership of `fd` and makes it non-blocking and close-on-exec.
  Descriptor(Loop& loop, int fd);
  Descriptor(Descriptor&&) = default;
  Descriptor& operator=(Descriptor&&) = default;

  [[nodiscard]] int fd() { return descriptor_.native_handle(); }
  [[nodiscard]] bool is_open() const { return descriptor_.is_open(); }

  Task<> readable();  // until a read would not block (data, end of stream or an error)
  Task<> writable();
  Task<bool> readable_or_writable();  // until one of the two; true when it was the first

  // Whoever waits for it is woken with an error, as by a cancellation.
  void close();

  // For bytes without measuring: reads what is there, at least one byte; 0 at the end.
  Task<Result<std::size_t>> read_some(std::span<std::byte> into);
  Task<Result<>> write_all(std::span<const std::byte> bytes);

 private:
  boost::asio::posix::basic_stream_descriptor<Executor> descriptor_;
};

// As many as the process may have, up to 65,536: the usual soft limit, 1024, is for programs that
// select(). Returns the limit in force. Thread: any.
std::size_t raise_descriptor_limit();

[[nodiscard]] inline boost::system::error_code last_error() {
  return {errno, boost::system::system_category()};
}

}  // namespace perfd::runtime
