// A packet capture on loopback of what one port sends, with the kernel's time of arrival, and of
// what its peers say came twice.
//
// It sees each packet once, as it comes in, and keeps of it what tells when which byte of which
// connection arrived (flows.h). The socket is an AF_PACKET ring (packet(7), kernel's
// networking/packet_mmap); it needs CAP_NET_RAW. Stamps are CLOCK_REALTIME.
// Thread: a thread of its own fills `flows`; stop() ends it, and only then they may be read.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

#include "flows.h"

namespace perfd::bench {

class Capture {
 public:
  explicit Capture(std::uint16_t port);  // throws std::system_error
  ~Capture();
  Capture(Capture const&) = delete;
  Capture& operator=(Capture const&) = delete;

  // Takes in what came until now and ends.
  Flows const& stop();
  // Packets that the kernel dropped because the ring was full. After stop().
  [[nodiscard]] unsigned drops() const { return drops_; }

 private:
  void read();
  bool read_block(std::byte* block);

  std::uint16_t port_;
  int fd_ = -1;
  std::byte* ring_ = nullptr;
  Flows flows_;
  unsigned drops_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace perfd::bench
