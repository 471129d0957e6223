// Waiting until the nodes know what they need to know, and helping where one is stuck.
// Thread: the loop's. Failures: a node that died, or the deadline with what is missing.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/task.h"
#include "testnet/node.h"

namespace perfd::testnet {

// Until every authority has the descriptor of every relay and authority. A relay whose upload
// got lost is made to repeat it. `told` gets a line for a person as the number grows.
runtime::Task<Result<>> await_descriptors(Plan const& plan, std::vector<Node*> authorities,
                                          std::vector<Node*> relays, MonoTime deadline,
                                          std::function<void(std::string)> told);

// Until each of the nodes has enough directory information to build circuits; one that
// takes long is told to look again.
runtime::Task<Result<>> await_directory(std::vector<Node*> nodes, MonoTime deadline);

// What the authority's consensus lacks: "exit1, guard0 as a guard", or empty.
runtime::Task<Result<std::string>> missing_in_consensus(Plan const& plan, Node& authority);

// The fingerprints in a list of router descriptors. Pure.
[[nodiscard]] std::vector<std::string> fingerprints_in(std::string_view descriptors);
// What a consensus, as GETINFO ns/all gives it, lacks of the plan. Pure.
[[nodiscard]] std::string missing_in(Plan const& plan, std::string_view router_statuses);

}  // namespace perfd::testnet
