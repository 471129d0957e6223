// Arms are a table of tables within an experiment, each read by keys as sections are.
#include "config/key_builder.h"
#include "config/limits.h"
#include "config/read_keys.h"

namespace perfd::config {
namespace {

constexpr std::size_t kMaxArms = 16;

}  // namespace

std::vector<Key<Arm>> const& arm_keys() {
  static std::vector<Key<Arm>> const table{
      key(&Arm::tor, {.name = "tor", .about = "Name of the tor instance."}),
      key(&Arm::target, {.name = "target",
                         .about = "The other end.",
                         .limit = {[](std::optional<Target> const& target) {
                                     return target ? check_target(*target) : Wrong{};
                                   },
                                   {}}}),
      key(&Arm::optimistic, {.name = "optimistic", .about = "As in the experiment."}),
      key(&Arm::circuit, {.name = "circuit", .about = "As in the experiment."}),
      key(&Arm::path, {.name = "path",
                       .about = "As in the experiment.",
                       .limit = {[](std::optional<ChosenPath> const& path) {
                                   return path ? check_path(*path) : Wrong{};
                                 },
                                 {}}}),
      key(&Arm::https, {.name = "https", .about = "As in the experiment."})};
  return table;
}

// Arms are a table of tables, each read by a table of keys as sections are.
std::string Codec<std::vector<Arm>>::kind() { return "table of arms"; }
bool Codec<std::vector<Arm>>::read(Node const& node, std::vector<Arm>& out, Report const& report) {
  if (!expect(node, Node::Type::table, "a table of arms", report)) return false;
  out.clear();
  if (node.entries.size() > kMaxArms) {
    report(node.place, "has more than " + std::to_string(kMaxArms) + " arms");
    return false;
  }
  bool good = true;
  for (auto const& entry : node.entries) {
    auto const at_arm = [&](Place const& place, std::string message) {
      report(place, printable(entry.key, 80) + ": " + message);
    };
    auto& arm = out.emplace_back();
    arm.name = entry.key;
    if (auto wrong = check_name(arm.name)) {
      report(entry.place, std::move(*wrong));
      good = false;
    }
    if (!expect(entry.value, Node::Type::table, "a table", at_arm)) {
      good = false;
      continue;
    }
    for (auto const& item : entry.value.entries) {
      auto const at_key = [&](Place const& place, std::string message) {
        report(place, printable(entry.key + "." + item.key, 80) + ": " + message);
      };
      auto const* known = find_key(arm_keys(), item, at_key);
      good = known != nullptr && known->read(item.value, arm, at_key) && good;
    }
  }
  return good;
}
std::optional<std::string> Codec<std::vector<Arm>>::write(std::vector<Arm> const& value) {
  if (value.empty()) return std::nullopt;
  std::string text;
  for (auto const& arm : value) {
    std::string keys;
    for (auto const& key : arm_keys())
      if (auto const written = key.write(arm))
        keys += (keys.empty() ? " " : ", ") + std::string(key.name) + " = " + *written;
    text += (text.empty() ? "{ " : ", ") + toml_key(arm.name) + " = {" + keys +
            (keys.empty() ? "}" : " }");
  }
  return text + " }";
}

}  // namespace perfd::config
