#include "tor/guard_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "base/text.h"
#include "base/time_text.h"
#include "tor/guard_ranking.h"

namespace perfd::tor {

using runtime::Task;
using wire::torctl::Reply;

namespace {

constexpr auto kBigAnswer = std::chrono::minutes(2);
constexpr std::size_t kAddressesAtOnce = 100;
constexpr double kEnoughDescriptors = 0.99;

struct Consensus {
  std::optional<WallTime> valid_after;
  std::vector<wire::dir::RouterStatus> relays;
};
using ConsensusRef = std::shared_ptr<Consensus const>;

// Runs `job` on the pool; where there is none, at once.
template <class Job>
Task<std::invoke_result_t<Job>> offload(runtime::Loop& loop, runtime::Pool* pool, Job job) {
  if (pool == nullptr) co_return job();
  co_return co_await pool->run(loop, std::move(job));
}

Error not_connected() { return Error{"tor is not connected"}; }

// GETINFO whose answer is left as it came.
Task<Result<Reply>> ask(Instance& instance, ControlConnection::Strings keys) {
  auto* const control = instance.control();
  if (control == nullptr) co_return not_connected();
  auto asking =
      control->command(wire::torctl::command::getinfo(keys), "GETINFO", Nanos{kBigAnswer});
  co_return co_await std::move(asking);
}

struct ReadConsensus {
  Reply reply;

  Result<ConsensusRef> operator()() {
    auto const values = wire::torctl::parse_getinfo(reply);
    reply = {};
    if (!values) return values.error();
    auto out = std::make_shared<Consensus>();
    if (auto const* text = wire::torctl::find(*values, "consensus/valid-after"))
      if (auto const time = parse_time(trim(*text))) out->valid_after = *time;
    if (auto const* text = wire::torctl::find(*values, "ns/all"))
      out->relays = wire::dir::parse_router_statuses(*text).relays;
    return ConsensusRef(std::move(out));
  }
};

struct ReadDescriptors {
  Reply reply;
  ConsensusRef consensus;

  Result<SelfAdvertised> operator()() {
    auto const values = wire::torctl::parse_getinfo(reply);
    reply = {};
    if (!values) return values.error();
    SelfAdvertised known;
    if (auto const* text = wire::torctl::find(*values, "desc/all-recent"))
      known = self_advertised(wire::dir::parse_server_descriptors(*text).relays);
    auto const part = descriptor_coverage(consensus->relays, known);
    consensus.reset();
    // Rounded down: 98.9 is not 99.
    if (part < kEnoughDescriptors)
      return Error{fmt::format("the descriptors of {} % of the relays are known, and {} are needed",
                               std::floor(part * 100), kEnoughDescriptors * 100)};
    return known;
  }
};

bool is_country(std::string_view text) {
  return text.size() == 2 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

// Once tor has enough of it to build circuits.
Task<Result<ConsensusRef>> ask_consensus(runtime::Loop& loop, runtime::Pool* pool,
                                         Instance& instance) {
  auto* const control = instance.control();
  if (control == nullptr) co_return not_connected();
  auto asking = control->getinfo("status/enough-dir-info");
  auto const enough = co_await std::move(asking);
  if (enough.has_error()) co_return enough.error();
  if (trim(*enough) != "1") co_return Error{"tor has too little directory information"};
  ControlConnection::Strings keys;
  keys.emplace_back("consensus/valid-after");
  keys.emplace_back("ns/all");
  auto reply = co_await ask(instance, std::move(keys));
  if (reply.has_error()) co_return reply.error();
  ReadConsensus job{std::move(*reply)};
  co_return co_await offload(loop, pool, std::move(job));
}

// tor fetches all of them only with FetchUselessDescriptors 1.
Task<Result<SelfAdvertised>> ask_descriptors(runtime::Loop& loop, runtime::Pool* pool,
                                             Instance& instance, ConsensusRef consensus) {
  auto reply = co_await ask(instance, ControlConnection::Strings(1, "desc/all-recent"));
  if (reply.has_error()) co_return reply.error();
  ReadDescriptors job{std::move(*reply), std::move(consensus)};
  co_return co_await offload(loop, pool, std::move(job));
}

// The countries of the candidates, by address, as tor's GeoIP file has them; without one, none.
Task<std::map<std::string, std::string>> ask_countries(Instance& instance, ConsensusRef consensus) {
  constexpr std::string_view kKey = "ip-to-country/";
  std::map<std::string, std::string> out;
  auto* control = instance.control();
  if (control == nullptr) co_return out;
  auto looking = control->getinfo(std::string(kKey) + "ipv4-available");
  auto const available = co_await std::move(looking);
  if (available.has_error() || trim(*available) != "1") co_return out;
  ControlConnection::Strings keys;
  for (auto const& relay : consensus->relays)
    if (may_be_guard(relay)) keys.push_back(std::string(kKey) + relay.address);
  for (std::size_t begin = 0; begin < keys.size(); begin += kAddressesAtOnce) {
    auto const end = std::min(begin + kAddressesAtOnce, keys.size());
    ControlConnection::Strings some(keys.begin() + static_cast<std::ptrdiff_t>(begin),
                                    keys.begin() + static_cast<std::ptrdiff_t>(end));
    control = instance.control();
    if (control == nullptr) co_return out;
    auto asking = control->getinfo(std::move(some));
    auto const answers = co_await std::move(asking);
    if (answers.has_error()) continue;
    // "??" where the file has nothing.
    for (auto const& [key, country] : *answers)
      if (key.starts_with(kKey) && is_country(country))
        out.emplace(key.substr(kKey.size()), country);
  }
  co_return out;
}

struct Rank {
  ConsensusRef consensus;
  SelfAdvertised known;
  std::map<std::string, std::string> countries;
  config::Guards policy;

  Ranked operator()() {
    Ranked out;
    out.consensus_valid_after = consensus->valid_after;
    auto candidates = guard_candidates(consensus->relays, known, countries);
    consensus.reset();
    known = {};
    out.unavailable = unavailable(policy, candidates);
    out.guards = rank_guards(std::move(candidates), policy);
    return out;
  }
};

}  // namespace

Task<Result<Ranked>> ask_ranking(runtime::Loop& loop, runtime::Pool* pool, Instance& instance,
                                 config::Guards policy) {
  auto const consensus = co_await ask_consensus(loop, pool, instance);
  if (consensus.has_error()) co_return consensus.error();
  SelfAdvertised known;
  if (needs_descriptors(policy.policy)) {
    auto described = co_await ask_descriptors(loop, pool, instance, *consensus);
    if (described.has_error()) co_return described.error();
    known = std::move(*described);
  }
  auto countries = co_await ask_countries(instance, *consensus);
  Rank job{*consensus, std::move(known), std::move(countries), std::move(policy)};
  co_return co_await offload(loop, pool, std::move(job));
}

}  // namespace perfd::tor
