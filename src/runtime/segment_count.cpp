#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

#include "runtime/clock.h"
#include "runtime/socket.h"

namespace perfd::runtime {
namespace {

// Places in the kernel's struct tcp_info (linux/tcp.h), an interface that only grows. The C
// library's struct of that name ends before these fields, and the kernel's header excludes
// the C library's.
constexpr std::size_t kBytesReceived = 128;   // __u64 tcpi_bytes_received
constexpr std::size_t kDataSegmentsIn = 152;  // __u32 tcpi_data_segs_in
constexpr std::size_t kOutOfOrder = 224;      // __u32 tcpi_rcv_ooopack

}  // namespace

std::optional<SegmentCount> StreamSocket::segment_count() {
  SegmentCount out;
  alignas(8) std::array<char, kOutOfOrder + sizeof out.out_of_order> info;
  socklen_t length = info.size();
  if (::getsockopt(fd(), IPPROTO_TCP, TCP_INFO, info.data(), &length) != 0 || length < info.size())
    return std::nullopt;
  out.read_at = mono_now();
  std::memcpy(&out.bytes, info.data() + kBytesReceived, sizeof out.bytes);
  std::memcpy(&out.segments, info.data() + kDataSegmentsIn, sizeof out.segments);
  std::memcpy(&out.out_of_order, info.data() + kOutOfOrder, sizeof out.out_of_order);
  return out;
}

}  // namespace perfd::runtime
