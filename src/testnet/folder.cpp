#include "testnet/folder.h"

#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"
#include "runtime/files.h"
#include "testnet/torrc.h"

namespace perfd::testnet {
namespace {

constexpr std::size_t kMaxConsensus = std::size_t{16} << 20;
// The next vote of the authorities' own accord comes after at most half the voting interval;
// a consensus that lives longer bridges the time until then.
constexpr auto kOwnVoteAfter = std::chrono::seconds{kVotingInterval / 2};
constexpr auto kMustLive = kOwnVoteAfter + std::chrono::minutes{5};

std::filesystem::path ports_file(std::filesystem::path const& folder) { return folder / "ports"; }

std::filesystem::path bandwidths_file(std::filesystem::path const& folder) {
  return folder / "bandwidths.wanted";
}

Result<> write_small(std::filesystem::path const& path, std::string_view content) {
  return runtime::write_file(path, content, 0644);
}

}  // namespace

std::optional<ConsensusTimes> consensus_times(std::string_view document) {
  ConsensusTimes out{};
  int found = 0;
  // The preamble is short; what follows is a list of relays.
  for (auto const line : split(document.substr(0, 4096), '\n'))
    for (auto const& [keyword, slot] : {std::pair{"valid-after ", &out.valid_after},
                                        {"fresh-until ", &out.fresh_until},
                                        {"valid-until ", &out.valid_until}})
      if (line.starts_with(keyword)) {
        auto const time = parse_time(trim(line.substr(std::string_view(keyword).size())));
        if (!time) return std::nullopt;
        *slot = *time;
        ++found;
      }
  return found == 3 ? std::optional(out) : std::nullopt;
}

Warmth find_warmth(Plan const& plan, WallTime now) {
  auto const bandwidths = runtime::read_file(bandwidths_file(plan.folder), 256 * 1024);
  if (!bandwidths || *bandwidths != describe_bandwidths(plan)) return Warmth::cold;
  std::error_code ignored;
  for (auto const& node : plan.nodes) {
    if (!node.is_authority()) continue;
    auto const kept = [&](std::string_view name) { return node.folder / name; };
    if (!std::filesystem::exists(kept("cached-descriptors"), ignored) &&
        !std::filesystem::exists(kept("cached-descriptors.new"), ignored))
      return Warmth::cold;
  }
  for (auto const& node : plan.nodes) {
    if (!node.is_authority()) continue;
    auto const document =
        runtime::read_file(node.folder / "cached-microdesc-consensus", kMaxConsensus);
    auto const times = document ? consensus_times(*document) : std::nullopt;
    if (!times || times->valid_after > now || times->valid_until < now + kMustLive)
      return Warmth::keys_and_descriptors;
  }
  return Warmth::warm;
}

Result<> forget_everything_but_keys(Plan const& plan) {
  for (auto const& node : plan.nodes) {
    std::error_code error;
    for (auto const& entry : std::filesystem::directory_iterator(node.folder, error))
      if (entry.path().filename() != "keys") {
        std::filesystem::remove_all(entry.path(), error);
        if (error) return Error{"can't remove " + entry.path().string() + ": " + error.message()};
      }
    // A relay's other keys depend on nothing, but tor pins them to each other in files that
    // are gone now; it makes new ones.
    if (error) return Error{"can't read " + node.folder.string() + ": " + error.message()};
  }
  return {};
}

void forget_consensus(Plan const& plan) {
  for (auto const& node : plan.nodes)
    for (auto const* const name : {"cached-consensus", "cached-microdesc-consensus",
                                   "unverified-consensus", "unverified-microdesc-consensus"}) {
      std::error_code ignored;
      std::filesystem::remove(node.folder / name, ignored);
    }
}

Result<> write_files(Plan const& plan, Warmth warmth, WallTime now) {
  auto const seconds = to_us(now) / 1'000'000;
  TorrcOptions options;
  options.voting_offset = static_cast<int>((seconds + kOwnVoteAfter.count()) % kVotingInterval);
  if (auto ok = write_small(plan.empty_file(), ""); !ok) return ok;
  if (auto ok = write_small(plan.geoip(), geoip_file(plan)); !ok) return ok;
  if (auto ok = write_small(plan.resolv_conf(), "nameserver " + plan.dns.text() + "\n"); !ok)
    return ok;
  if (auto const weights = bandwidth_file(plan, seconds); !weights.empty())
    if (auto ok = write_small(plan.folder / "bandwidths", weights); !ok) return ok;
  for (auto const& node : plan.nodes) {
    // tor writes a new cookie, and an old one must not be read before it does.
    std::error_code ignored;
    std::filesystem::remove(node.folder / "control_auth_cookie", ignored);
    // What a relay remembers besides is of no use to it.
    if (auto const state = state_file(node, now); !state.empty())
      if (auto ok = write_small(node.folder / "state", state); !ok) return ok;
    options.disable_network = node.is_client() && warmth != Warmth::warm;
    if (auto ok = write_small(node.folder / "torrc", torrc_of(plan, node, options)); !ok) return ok;
  }
  if (auto ok = write_small(bandwidths_file(plan.folder), describe_bandwidths(plan)); !ok)
    return ok;
  return write_small(ports_file(plan.folder), describe_ports(plan));
}

std::string read_ports(std::filesystem::path const& folder) {
  auto text = runtime::read_file(ports_file(folder), 256 * 1024);
  return text ? std::move(*text) : std::string();
}

}  // namespace perfd::testnet
