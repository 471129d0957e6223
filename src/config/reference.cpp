// docs/configuration.md: an introduction with examples, then the table in words.
#include <array>
#include <type_traits>

#include "config/config.h"
#include "config/definition.h"
#include "config/key_table.h"

namespace perfd::config {
namespace {

constexpr std::string_view kIntroduction = R"(# Configuration

<!-- Made by `perfd check --print-reference > docs/configuration.md`; change the definition table
     in src/config instead of this file. -->

perfd reads one TOML file (`perfd run -c perfd.toml`), or a folder: then all its `*.toml` files in
the order of their names, as if they were one. A key is given once in all of them; whatever is
wrong is reported with file, line and column, all problems in one go, and perfd does not start.
`perfd check --config PATH` does the same without starting, and prints all settings in force.

- A duration is text with a unit: `"250ms"`, `"295s"`, `"5m"`, `"1h30m"`, `"365d"`.
- A size is text with a unit, `"50 KiB"`, `"1 MiB"`, `"1.5 MB"`, or a bare number of bytes.
- A name (of the vantage point, of a tor instance, of an experiment) is 1 to 64 letters, digits,
  `.`, `_` and `-`, and begins with a letter or a digit.
)";

struct Example {
  std::string_view text;
  std::string_view toml;
};

// Each is loaded by a test, together with the first where it has no [vantage].
constexpr std::array kExamples{
    Example{"The least that is needed. It measures the three standard downloads over one tor of "
            "its own, from its own server on port 80.",
            R"([vantage]
name = "op-de1"

[server]
public-host = "203.0.113.7"
)"},
    Example{"A measuring host as it might run for years. perfd starts as root, binds port 80 and "
            "becomes the user `perfd`.",
            R"([vantage]
name = "op-de1"

[server]
listen = ["0.0.0.0:80"]
public-host = "203.0.113.7"
user = "perfd"

[results]
listen = "127.0.0.1:8080"

[store]
path = "/var/lib/perfd/perfd.db"
keep = "730d"

[tor.default]
binary = "/usr/bin/tor"
torrc = ["UseEntryGuards 0"]

[tor.plain]
torrc = ["UseEntryGuards 0", "ConfluxEnabled 0"]

[experiment.download-50k]
size = "50 KiB"
every = "5m"
timeout = "295s"

[experiment.download-1m-plain]
size = "1 MiB"
every = "30m"
start-delay = "2m30s"
tor = "plain"

[log]
level = "info"
file = "/var/log/perfd.log"
)"},
    Example{"Intervals that nobody can foresee, so that nothing periodic on the way is always or "
            "never hit.",
            R"([experiment.at-random]
size = "1 MiB"
every = "20m"
spread = "poisson"

[experiment.near-the-hour]
size = "5 MiB"
every = "1h"
spread = "jitter"
jitter = "10m"
)"},
    Example{"A file of somebody else's server through a tor that already runs.",
            R"([tor.system]
attach = "127.0.0.1:9051"

[experiment.example-page]
target = "http://example.com/"
every = "10m"
timeout = "1m"
tor = "system"
)"},
};

}  // namespace

std::string configuration_reference() {
  std::string out(kIntroduction);
  out += "\n## Examples\n";
  for (auto const& [text, toml] : kExamples)
    out += "\n" + std::string(text) + "\n\n```toml\n" + std::string(toml) + "```\n";
  out +=
      "\n## All settings\n\n↻ marks what SIGHUP takes over while perfd runs; it says of the rest "
      "that a restart is needed.\n";
  for_each_section([&](auto const& section) {
    constexpr bool kNamed = std::remove_cvref_t<decltype(section)>::kNamed;
    out += "\n### `[" + std::string(section.name) + (kNamed ? ".NAME" : "") + "]`\n\n" +
           std::string(section.about) + "\n\n";
    write_keys(section.keys, out);
  });
  return out;
}

}  // namespace perfd::config
