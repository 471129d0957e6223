// Apart from socket.cpp, because linux/tcp.h, which knows these counters, excludes netinet/tcp.h.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>

#include "runtime/socket.h"

namespace perfd::runtime {

std::optional<SegmentCount> StreamSocket::segment_count() {
  tcp_info info{};
  socklen_t length = sizeof info;
  constexpr socklen_t kNeeded =
      offsetof(tcp_info, tcpi_data_segs_in) + sizeof info.tcpi_data_segs_in;
  if (::getsockopt(fd(), IPPROTO_TCP, TCP_INFO, &info, &length) != 0 || length < kNeeded)
    return std::nullopt;
  return SegmentCount{info.tcpi_data_segs_in, info.tcpi_bytes_received};
}

}  // namespace perfd::runtime
