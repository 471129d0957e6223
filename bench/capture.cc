#include "capture.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <span>
#include <system_error>

namespace perfd::bench {
namespace {

constexpr std::size_t kBlockSize = 1 << 20;
constexpr std::size_t kBlocks = 64;
constexpr unsigned kBlockTimeoutMs = 20;
// Of each packet: the headers, and the head of an HTTP response behind them.
constexpr std::uint32_t kSnapLength = 1024;

void check(int result, char const* what) {
  if (result < 0) throw std::system_error(errno, std::system_category(), what);
}

template <class T>
void set(int fd, int option, T const& value, char const* what) {
  check(::setsockopt(fd, SOL_PACKET, option, &value, sizeof value), what);
}

// IPv4 and TCP from or to that port, and not the copy that is seen on the way out.
void attach_filter(int fd, std::uint16_t port) {
  constexpr auto kPacketType = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE);
  std::array<sock_filter, 13> code{{
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kPacketType),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 10, 0),
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 8),
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, ETH_HLEN + 9),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 0, 6),
      BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, ETH_HLEN),
      BPF_STMT(BPF_LD | BPF_H | BPF_IND, ETH_HLEN),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 2, 0),
      BPF_STMT(BPF_LD | BPF_H | BPF_IND, ETH_HLEN + 2),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, kSnapLength),
      BPF_STMT(BPF_RET | BPF_K, 0),
  }};
  sock_fprog const program{static_cast<unsigned short>(code.size()), code.data()};
  check(::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program),
        "filter the capture");
}

// The first block of a SACK option, where it tells of bytes that came twice (RFC 2883): those
// are below the acknowledgement, or inside the second block, which such a receiver sends as well.
std::optional<Repeat> duplicate_in(std::span<std::byte const> options, std::uint32_t acknowledged) {
  auto const word = [&](std::size_t at) {
    std::uint32_t value;
    std::memcpy(&value, options.data() + at, sizeof value);
    return ntohl(value);
  };
  auto const before = [](std::uint32_t a, std::uint32_t b) {
    return static_cast<std::int32_t>(a - b) < 0;
  };
  for (std::size_t at = 0; at < options.size();) {
    auto const kind = std::to_integer<int>(options[at]);
    if (kind == TCPOPT_EOL) break;
    if (kind == TCPOPT_NOP) {
      ++at;
      continue;
    }
    if (at + 1 >= options.size()) break;
    auto const length = std::to_integer<std::size_t>(options[at + 1]);
    if (length < 2 || at + length > options.size()) break;
    if (kind == TCPOPT_SACK && length >= 10) {
      Repeat const first{word(at + 2), word(at + 6)};
      if (!before(acknowledged, first.end)) return first;
      if (length >= 18 && !before(first.begin, word(at + 10)) && !before(word(at + 14), first.end))
        return first;
      return std::nullopt;
    }
    at += length;
  }
  return std::nullopt;
}

// One packet as the ring has it.
void take(tpacket3_hdr const& header, std::uint16_t server_port, Flows& flows) {
  auto const* const frame = reinterpret_cast<std::byte const*>(&header) + header.tp_mac;
  if (header.tp_snaplen < ETH_HLEN + sizeof(iphdr)) return;
  iphdr ip;
  std::memcpy(&ip, frame + ETH_HLEN, sizeof ip);
  auto const ip_length = ip.ihl * 4U;
  if (header.tp_snaplen < ETH_HLEN + ip_length + sizeof(tcphdr)) return;
  auto const* const tcp_at = frame + ETH_HLEN + ip_length;
  tcphdr tcp;
  std::memcpy(&tcp, tcp_at, sizeof tcp);
  auto const headers = ip_length + tcp.doff * 4U;
  auto const on_the_wire = ntohs(ip.tot_len);
  auto const kept = header.tp_snaplen - ETH_HLEN;
  if (kept < headers) return;
  if (ntohs(tcp.source) != server_port) {
    auto const repeat =
        duplicate_in({tcp_at + sizeof tcp, tcp.doff * 4U - sizeof tcp}, ntohl(tcp.ack_seq));
    if (repeat) flows.add_duplicate(ntohs(tcp.source), *repeat);
    return;
  }
  Segment segment{};
  segment.port = ntohs(tcp.dest);
  segment.arrived_ns = std::int64_t{header.tp_sec} * 1'000'000'000 + header.tp_nsec;
  segment.sequence = ntohl(tcp.seq);
  segment.opens = tcp.syn != 0;
  segment.length = on_the_wire > headers ? on_the_wire - headers : 0;
  if (kept > headers)
    segment.beginning = {reinterpret_cast<char const*>(frame + ETH_HLEN + headers),
                         std::min<std::size_t>(kept - headers, segment.length)};
  flows.add(segment);
}

}  // namespace

Capture::Capture(std::uint16_t port) : port_(port) {
  // Protocol 0 until the filter is there: nothing else gets into the ring.
  fd_ = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  check(fd_, "open a packet socket (this needs CAP_NET_RAW)");
  attach_filter(fd_, port);
  set(fd_, PACKET_VERSION, int{TPACKET_V3}, "set the ring's version");
  tpacket_req3 request{};
  request.tp_block_size = kBlockSize;
  request.tp_block_nr = kBlocks;
  request.tp_frame_size = 2048;
  request.tp_frame_nr = kBlockSize / request.tp_frame_size * kBlocks;
  request.tp_retire_blk_tov = kBlockTimeoutMs;
  set(fd_, PACKET_RX_RING, request, "make the capture's ring");
  auto* const memory = ::mmap(nullptr, kBlockSize * kBlocks, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_POPULATE, fd_, 0);
  if (memory == MAP_FAILED) check(-1, "map the capture's ring");
  ring_ = static_cast<std::byte*>(memory);
  sockaddr_ll where{};
  where.sll_family = AF_PACKET;
  // All protocols: such a socket sees a packet before IP and TCP do, one for IP alone after them.
  where.sll_protocol = htons(ETH_P_ALL);
  where.sll_ifindex = static_cast<int>(::if_nametoindex("lo"));
  check(::bind(fd_, reinterpret_cast<sockaddr*>(&where), sizeof where), "capture on loopback");
  thread_ = std::thread([this] { read(); });
}

Capture::~Capture() {
  if (thread_.joinable()) stop();
  ::munmap(ring_, kBlockSize * kBlocks);
  ::close(fd_);
}

bool Capture::read_block(std::byte* block) {
  auto& description = *reinterpret_cast<tpacket_block_desc*>(block);
  auto& status = description.hdr.bh1.block_status;
  if ((__atomic_load_n(&status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) == 0) return false;
  auto const* at = block + description.hdr.bh1.offset_to_first_pkt;
  for (auto left = description.hdr.bh1.num_pkts; left > 0; --left) {
    auto const& header = *reinterpret_cast<tpacket3_hdr const*>(at);
    take(header, port_, flows_);
    at += header.tp_next_offset;
  }
  __atomic_store_n(&status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  return true;
}

void Capture::read() {
  std::size_t next = 0;
  for (;;) {
    bool const last_look = stopping_;
    if (last_look) std::this_thread::sleep_for(std::chrono::milliseconds{3 * kBlockTimeoutMs});
    bool any = false;
    while (read_block(ring_ + next * kBlockSize)) {
      next = (next + 1) % kBlocks;
      any = true;
    }
    if (last_look && !any) return;
    // Not poll(): waking a sleeper costs the kernel 10 to 20 us between the capture's stamp of a
    // packet and the stack's. A block that is not full is handed over after its time-out.
    std::this_thread::sleep_for(std::chrono::milliseconds{kBlockTimeoutMs});
  }
}

Flows const& Capture::stop() {
  if (thread_.joinable()) {
    stopping_ = true;
    thread_.join();
    tpacket_stats_v3 stats{};
    socklen_t length = sizeof stats;
    if (::getsockopt(fd_, SOL_PACKET, PACKET_STATISTICS, &stats, &length) == 0)
      drops_ = stats.tp_drops;
  }
  return flows_;
}

}  // namespace perfd::bench
