// Settings as TOML, each with the word whether it is the default.
#include <algorithm>
#include <type_traits>

#include "config/config.h"
#include "config/definition.h"

namespace perfd::config {
namespace {

constexpr std::size_t kCommentColumn = 40;

template <class S>
void write_key(Key<S> const& key, Settings const& settings, S const& section, Secrets secrets,
               std::string& out) {
  auto const value = key.write(section);
  if (!value) {
    out += "# " + std::string(key.name) + " is not set\n";
    return;
  }
  auto line = std::string(key.name) + " = " +
              (key.secret && secrets == Secrets::hidden ? "\"(hidden)\"" : *value);
  S standard = section;
  key.set_default(settings, standard);
  if (!key.required && key.write(standard) == value) {
    line.resize(std::max(line.size() + 2, kCommentColumn), ' ');
    line += "# default";
  }
  out += line + "\n";
}

}  // namespace

std::string effective_toml(Settings const& settings, Secrets secrets) {
  std::string out;
  for_each_section([&](auto const& section) {
    auto const write = [&](std::string const& header, auto const& one) {
      out += (out.empty() ? "[" : "\n[") + header + "]\n";
      for (auto const& key : section.keys) write_key(key, settings, one, secrets, out);
    };
    auto const name = std::string(section.name);
    if constexpr (std::remove_cvref_t<decltype(section)>::kNamed) {
      for (auto const& one : settings.*section.member) write(name + "." + toml_key(one.name), one);
    } else {
      write(name, settings.*section.member);
    }
  });
  return out;
}

}  // namespace perfd::config
