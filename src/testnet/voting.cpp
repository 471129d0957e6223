#include "testnet/voting.h"

#include "base/time_text.h"
#include "runtime/clock.h"
#include "runtime/deadline.h"
#include "runtime/socket.h"
#include "testnet/together.h"
#include "testnet/torrc.h"

namespace perfd::testnet {
namespace {

using runtime::mono_now;
using runtime::Task;
using runtime::wall_now;

constexpr int kAttempts = 8;
constexpr auto kVotePoll = std::chrono::milliseconds{20};
constexpr auto kJustAfter = std::chrono::milliseconds{3};
// How long after its moment a consensus may take to appear.
constexpr auto kPublishLimit = std::chrono::milliseconds{1500};
constexpr auto kAskLimit = std::chrono::seconds{5};

Task<Result<>> move_slot(Node& authority, std::int64_t valid_after) {
  auto const offset = std::to_string(valid_after % kVotingInterval);
  co_return co_await authority.set_conf("TestingV3AuthVotingStartOffset", offset);
}

// Restarts tor's periodic events, the voting among them, which then look at the clock at once.
Task<Result<>> wake(Node& authority) {
  if (auto ok = co_await authority.set_conf("DisableNetwork", "1"); !ok) co_return ok;
  co_return co_await authority.set_conf("DisableNetwork", "0");
}

Task<Result<>> await_second(std::int64_t second) {
  auto const wait = wall_from_us(second * 1'000'000) - wall_now();
  if (wait.count() > 0) co_await runtime::sleep_for(wait);
  co_await runtime::sleep_for(kJustAfter);
  co_return Result<>{};
}

// Whether the authority published the consensus of that second in time.
Task<Result<bool>> has_consensus(Node& authority, std::int64_t valid_after, MonoTime until) {
  for (;;) {
    auto const text = co_await authority.get_info("consensus/valid-after");
    if (authority.dead()) co_return authority.death();
    if (text) {
      auto const time = parse_time(*text);
      if (time && to_us(*time) / 1'000'000 == valid_after) co_return true;
    }
    if (mono_now() >= until) co_return false;
    co_await runtime::sleep_for(kVotePoll);
  }
}

// Whether a GET of the path at a directory port is answered with 200.
Task<Result<bool>> serves(runtime::Loop& loop, Endpoint directory, std::string path) {
  auto const address = runtime::Address::numeric(directory.address, directory.port);
  if (!address) co_return address.error();
  auto socket = runtime::StreamSocket::create(loop, *address);
  if (!socket) co_return socket.error();
  if (auto ok = co_await socket->connect(*address); !ok) co_return ok.error();
  auto const request = "GET " + path + " HTTP/1.0\r\n\r\n";
  if (auto ok = co_await socket->send_all(std::as_bytes(std::span<const char>(request))); !ok)
    co_return ok.error();
  constexpr std::string_view kGood = "HTTP/1.0 200 ";
  std::string head;
  std::array<std::byte, kGood.size()> buffer;
  while (head.size() < kGood.size()) {
    auto const received =
        co_await socket->receive(std::span(buffer).first(kGood.size() - head.size()));
    if (!received) co_return received.error();
    if (received->status == runtime::Received::Status::end) break;
    head.append(reinterpret_cast<char const*>(buffer.data()), received->bytes);
  }
  co_return head == kGood;
}

Task<Result<bool>> try_vote(std::vector<Node*> const& authorities, std::int64_t valid_after) {
  for (auto* const authority : authorities)
    if (auto ok = co_await move_slot(*authority, valid_after); !ok) co_return ok.error();
  if (authorities.size() == 1)
    if (auto ok = co_await wake(*authorities[0]); !ok) co_return ok.error();
  if (auto ok = co_await await_second(valid_after); !ok) co_return ok.error();
  // By now votes and signatures are exchanged; what is left is to publish.
  std::vector<Task<Result<>>> wakings;
  for (auto* const authority : authorities) wakings.push_back(wake(*authority));
  if (auto ok = co_await together(std::move(wakings)); !ok) co_return ok.error();
  auto const until = mono_now() + kPublishLimit;
  for (auto* const authority : authorities) {
    auto const has = co_await has_consensus(*authority, valid_after, until);
    if (!has || !*has) co_return has;
  }
  co_return true;
}

}  // namespace

std::int64_t choose_valid_after(WallTime now, std::size_t authorities, int attempt) {
  constexpr std::int64_t kSecond = 1'000'000;
  auto const us = to_us(now);
  if (authorities == 1) {
    // The vote is cast at once and must come before the second of the consensus.
    auto const ready = us + 150'000 + attempt * (kSecond / 2);
    return ready / kSecond + 1;
  }
  // One second until tor looks at its new schedule, then a vote, a second to exchange votes,
  // and two (tor's minimum) to exchange signatures: the vote must be cast in the second
  // after the coming one, or the exchange has no time at all.
  auto const begin = us / kSecond + (us % kSecond > 600'000 ? 1 : 0);
  return begin + 4 + attempt;
}

runtime::Task<Result<std::int64_t>> vote(std::vector<Node*> authorities, WallTime earliest,
                                         MonoTime deadline) {
  if (auto const wait = earliest - wall_now(); wait.count() > 0)
    co_await runtime::sleep_for(wait + kJustAfter);
  for (int attempt = 0; attempt < kAttempts && mono_now() < deadline; ++attempt) {
    auto const valid_after = choose_valid_after(wall_now(), authorities.size(), attempt);
    auto const voted = co_await try_vote(authorities, valid_after);
    if (!voted) co_return voted.error();
    if (*voted) co_return valid_after;
  }
  co_return Error{"the authorities did not agree on a consensus; their logs are in " +
                  (authorities[0]->plan().folder / "tor.log").string() +
                  (authorities.size() > 1 ? " and its siblings" : "")};
}

runtime::Task<Result<>> await_served(runtime::Loop& loop, Node& authority, MonoTime deadline) {
  Endpoint const directory{authority.plan().address, authority.plan().dir_port};
  for (std::string const flavour : {"consensus", "consensus-microdesc"})
    for (;;) {
      auto const served = co_await runtime::with_deadline(
          mono_now() + kAskLimit,
          serves(loop, directory, "/tor/status-vote/current/" + flavour + ".z"));
      if (authority.dead()) co_return authority.death();
      if (served && *served) break;
      if (mono_now() >= deadline)
        co_return Error{authority.name() + " does not hand out its consensus" +
                        (served ? "" : ": " + served.error().message)};
      co_await runtime::sleep_for(kVotePoll / 2);
    }
  co_return Result<>{};
}

}  // namespace perfd::testnet
