#include "app/measure_options.h"

#include "app/cli.h"
#include "app/experiment_spec.h"
#include "base/text.h"
#include "config/limits.h"
#include "config/words.h"
#include "runtime/files.h"

namespace perfd::app {
namespace {

constexpr Micros kShortestTimeout = std::chrono::milliseconds(100);
constexpr std::size_t kTorrcLimit = 1 << 20;

}  // namespace

Result<config::Experiment> experiment_of(MeasureOptions const& options) {
  config::Experiment out;
  out.name = std::string(config::name(options.kind));
  out.kind = options.kind;
  out.query = options.query;
  out.optimistic = options.optimistic;
  if (options.kind == config::Kind::resolve) {
    if (auto const wrong = config::check_host(out.query)) return wrong_usage("NAME " + *wrong);
  } else if (!options.size.empty()) {
    auto const size = parse_bytes(options.size);
    if (!size) return wrong_usage("--size: " + size.error().message);
    out.size = *size;
    if (out.kind != config::Kind::download && out.size > config::kMaxUpload)
      return wrong_usage("--size: an upload is at most " + format_bytes(config::kMaxUpload));
  } else if (options.kind == config::Kind::page
                 ? options.page == "form"
                 : options.url.empty() || options.kind == config::Kind::upload) {
    out.size = KiB(50);
  }
  if (options.kind == config::Kind::page) {
    out.page = config::from_name<config::BuiltInPage>(options.page).value_or(out.page);
    out.https = options.https;
    out.screenshot = !options.screenshot.empty();
  }
  auto const timeout = parse_duration(options.timeout);
  if (!timeout) return wrong_usage("--timeout: " + timeout.error().message);
  if (*timeout < kShortestTimeout)
    return wrong_usage("--timeout: at least " + format_duration(kShortestTimeout));
  out.timeout = *timeout;
  if (!options.url.empty()) {
    auto const destination = destination_of_url(options.url, options.kind == config::Kind::page);
    if (!destination) return wrong_usage("--url: " + destination.error().message);
    out.target = {config::TargetKind::url, options.url};
  }
  return out;
}

Result<std::vector<std::string>> torrc_of(MeasureOptions const& options) {
  auto out = options.torrc;
  if (options.torrc_file.empty()) return out;
  auto const text = runtime::read_file(options.torrc_file, kTorrcLimit);
  if (!text) return Error{"--torrc-file: " + text.error().message};
  for (auto const line : split(*text, '\n')) out.emplace_back(line);
  return out;
}

std::optional<std::string> usage_error(MeasureOptions const& options) {
  bool const resolves = options.kind == config::Kind::resolve;
  int const ways = (options.testnet ? 1 : 0) + (options.socks.empty() ? 0 : 1) +
                   (options.tor.empty() || options.testnet ? 0 : 1);
  if (ways == 0)
    return std::string(
               "say what to measure through: --testnet (a private Tor network, no internet "
               "needed), --socks ADDRESS:PORT") +
           (resolves ? ", or --tor BINARY" : " with --url, or --tor BINARY with --url");
  if (ways > 1)
    return "choose one: --socks (a proxy that runs), --tor (a tor that is started), --testnet "
           "(with "
           "--tor: a network of that tor)";
  if (!resolves && !options.testnet && options.url.empty())
    return std::string(options.kind == config::Kind::upload ? "say where to upload to"
                       : options.kind == config::Kind::page ? "say which page to load"
                                                            : "say what to download") +
           ": --url http://…; only --testnet has a server of its own";
  if (options.socks.empty() && options.socks_version != "5")
    return "--socks-version is for --socks; perfd speaks SOCKS 5 with a tor of its own";
  if (options.kind == config::Kind::page && options.socks_version != "5")
    return "a page load speaks SOCKS 5: leave --socks-version out";
  if (!options.socks.empty() && !(options.torrc.empty() && options.torrc_file.empty()))
    return "--torrc and --torrc-file are for a tor that perfd starts, not for --socks";
  if (options.kind == config::Kind::page && !options.size.empty() && options.page != "form")
    return "--size is for --page form, which uploads so much";
  if (!options.url.empty() && (options.https || options.page != "median"))
    return "--page and --https are for perfd's own server: leave --url out, or them";
  return std::nullopt;
}

}  // namespace perfd::app
