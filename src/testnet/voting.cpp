#include "testnet/voting.h"

#include "base/time_text.h"
#include "runtime/clock.h"
#include "testnet/together.h"
#include "testnet/torrc.h"

namespace perfd::testnet {
namespace {

using runtime::mono_now;
using runtime::Task;
using runtime::wall_now;

constexpr int kAttempts = 8;
constexpr auto kPoll = std::chrono::milliseconds{20};
constexpr auto kJustAfter = std::chrono::milliseconds{3};
// How long after its moment a consensus may take to appear.
constexpr auto kPublishLimit = std::chrono::milliseconds{2500};

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
    co_await runtime::sleep_for(kPoll);
  }
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

runtime::Task<Result<std::int64_t>> vote(std::vector<Node*> authorities, MonoTime deadline) {
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

}  // namespace perfd::testnet
