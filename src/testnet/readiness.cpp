#include "testnet/readiness.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "runtime/clock.h"

namespace perfd::testnet {
namespace {

using runtime::mono_now;
using runtime::Task;

constexpr auto kPoll = std::chrono::milliseconds{20};
constexpr auto kUploadPatience = std::chrono::seconds{4};
constexpr auto kFetchPatience = std::chrono::milliseconds{1500};

std::string join(std::vector<std::string> const& words) {
  std::string out;
  for (auto const& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

// A changed descriptor is uploaded when tor's periodic events start anew.
Task<Result<>> upload_again(Node& relay) {
  auto const contact = "again" + std::to_string(mono_now().time_since_epoch().count());
  if (auto ok = co_await relay.set_conf("ContactInfo", contact); !ok) co_return ok;
  if (auto ok = co_await relay.set_conf("DisableNetwork", "1"); !ok) co_return ok;
  co_return co_await relay.set_conf("DisableNetwork", "0");
}

// The nodes whose descriptors not all authorities have, by nickname.
Task<Result<std::vector<std::string>>> lacking(Plan const& plan, std::vector<Node*> const& voters) {
  std::set<std::string> everywhere;
  bool first = true;
  for (auto* const authority : voters) {
    auto const text = co_await authority->get_info("desc/all-recent");
    if (!text && authority->dead()) co_return text.error();
    std::set<std::string> here;
    if (text)
      for (auto& fingerprint : fingerprints_in(*text)) here.insert(std::move(fingerprint));
    if (std::exchange(first, false))
      everywhere = std::move(here);
    else
      std::erase_if(everywhere, [&](auto const& known) { return !here.contains(known); });
  }
  std::vector<std::string> out;
  for (auto const& node : plan.nodes)
    if (!node.is_client() && !everywhere.contains(node.fingerprint)) out.push_back(node.nickname);
  co_return out;
}

}  // namespace

std::vector<std::string> fingerprints_in(std::string_view descriptors) {
  constexpr std::string_view kKeyword = "fingerprint ";
  std::vector<std::string> out;
  for (auto const line : split(descriptors, '\n')) {
    if (!line.starts_with(kKeyword)) continue;
    std::string fingerprint(trim(line.substr(kKeyword.size())));
    std::erase(fingerprint, ' ');  // tor writes groups of four
    out.push_back(std::move(fingerprint));
  }
  return out;
}

std::string missing_in(Plan const& plan, std::string_view router_statuses) {
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> flags;
  std::string current;
  for (auto const line : split(router_statuses, '\n')) {
    auto const words = split(trim(line), ' ');
    if (words.size() > 1 && words[0] == "r") current = words[1];
    if (words[0] == "s" && !current.empty()) flags[current].insert(words.begin() + 1, words.end());
  }
  std::vector<std::string> out;
  for (auto const& node : plan.nodes) {
    if (node.is_client()) continue;
    auto const found = flags.find(node.nickname);
    if (found == flags.end() || !found->second.contains("Running"))
      out.push_back(node.nickname);
    else if (node.role == Role::guard && !found->second.contains("Guard"))
      out.push_back(node.nickname + " as a guard");
    else if (node.role == Role::exit && !found->second.contains("Exit"))
      out.push_back(node.nickname + " as an exit");
  }
  return join(out);
}

runtime::Task<Result<>> await_descriptors(Plan const& plan, std::vector<Node*> authorities,
                                          std::vector<Node*> relays, MonoTime deadline,
                                          std::function<void(std::string)> told) {
  auto const all = authorities.size() + relays.size();
  std::size_t known = 0;
  auto patience = mono_now() + kUploadPatience;
  for (;;) {
    for (auto* const relay : relays)
      if (relay->dead()) co_return relay->death();
    auto const missing = co_await lacking(plan, authorities);
    if (!missing) co_return missing.error();
    if (auto const now_known = all - missing->size(); now_known > known) {
      known = now_known;
      told(std::to_string(known) + " of " + std::to_string(all) +
           " relays have uploaded their descriptors");
    }
    if (missing->empty()) co_return Result<>{};
    if (mono_now() >= deadline)
      co_return Error{"the authorities never got the descriptors of " + join(*missing) +
                      "; see tor.log in their folders below " + plan.folder.string()};
    if (mono_now() >= patience) {
      patience = mono_now() + kUploadPatience;
      for (auto* const relay : relays)
        if (std::ranges::find(*missing, relay->name()) != missing->end())
          if (auto ok = co_await upload_again(*relay); !ok) co_return ok;
    }
    co_await runtime::sleep_for(kPoll);
  }
}

runtime::Task<Result<>> await_directory(std::vector<Node*> nodes, MonoTime deadline) {
  auto patience = mono_now() + kFetchPatience;
  for (;;) {
    std::vector<Node*> waiting;
    for (auto* const node : nodes) {
      auto const enough = co_await node->get_info("status/enough-dir-info");
      if (!enough) co_return enough.error();
      if (*enough != "1") waiting.push_back(node);
    }
    if (waiting.empty()) co_return Result<>{};
    nodes = std::move(waiting);
    if (mono_now() >= deadline) {
      auto const phase = co_await nodes[0]->get_info("status/bootstrap-phase");
      co_return Error{nodes[0]->name() +
                      " does not get the directory: " + (phase ? *phase : phase.error().message)};
    }
    if (mono_now() >= patience) {
      patience = mono_now() + kFetchPatience;
      for (auto* const node : nodes)
        if (auto ok = co_await node->signal("RELOAD"); !ok) co_return ok;
    }
    co_await runtime::sleep_for(kPoll);
  }
}

runtime::Task<Result<std::string>> missing_in_consensus(Plan const& plan, Node& authority) {
  auto const text = co_await authority.get_info("ns/all");
  if (!text) co_return text.error();
  co_return success(missing_in(plan, *text));
}

}  // namespace perfd::testnet
