#include "runtime/peer_user.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace perfd::runtime {
namespace {

struct Question {
  nlmsghdr head;
  inet_diag_req_v2 asked;
};

// Into four words; IPv4 is in the first one.
void put_address(Address const& address, __be32* words) {
  if (address.family() == AF_INET)
    std::memcpy(words, &reinterpret_cast<sockaddr_in const*>(address.native())->sin_addr,
                sizeof(in_addr));
  else
    std::memcpy(words, &reinterpret_cast<sockaddr_in6 const*>(address.native())->sin6_addr,
                sizeof(in6_addr));
}

Question question_of(Address const& peer, Address const& local) {
  Question out{};
  out.head.nlmsg_len = sizeof(out);
  out.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  out.head.nlmsg_flags = NLM_F_REQUEST;
  out.asked.sdiag_family = static_cast<__u8>(peer.family());
  out.asked.sdiag_protocol = IPPROTO_TCP;
  out.asked.idiag_states = ~0U;
  // Of the peer's own socket: what is its source is our destination.
  auto& id = out.asked.id;
  id.idiag_sport = htons(peer.port());
  id.idiag_dport = htons(local.port());
  put_address(peer, id.idiag_src);
  put_address(local, id.idiag_dst);
  id.idiag_cookie[0] = id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return out;
}

class Netlink {
 public:
  Netlink() : fd_(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {}
  ~Netlink() {
    if (fd_ >= 0) ::close(fd_);
  }
  Netlink(Netlink const&) = delete;
  Netlink& operator=(Netlink const&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

std::optional<uid_t> user_at(Address const& peer, Address const& local) {
  if (!peer.is_local() || peer.is_unix() || peer.family() != local.family()) return std::nullopt;
  Netlink const netlink;
  auto const question = question_of(peer, local);
  if (netlink.fd() < 0 || ::send(netlink.fd(), &question, sizeof(question), 0) < 0)
    return std::nullopt;
  // The kernel has answered by the time that send() returns.
  alignas(nlmsghdr) std::array<char, 4096> buffer{};
  auto const size = ::recv(netlink.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  auto const* const head = reinterpret_cast<nlmsghdr const*>(buffer.data());
  if (size < static_cast<ssize_t>(NLMSG_LENGTH(sizeof(inet_diag_msg))) ||
      head->nlmsg_type != SOCK_DIAG_BY_FAMILY)
    return std::nullopt;
  auto const* const told = static_cast<inet_diag_msg const*>(NLMSG_DATA(head));
  // A socket that its process has closed is told as root's.
  if (told->idiag_state != TCP_ESTABLISHED) return std::nullopt;
  return told->idiag_uid;
}

}  // namespace perfd::runtime
