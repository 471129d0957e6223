// How long a private network takes from the call to the first page that its client fetched:
// cold, and warm in the folder of the run before. Prints medians of each phase.
//
//   scripts/lib/in-namespace build/…/testnet_start_times [STARTS] [AUTHORITIES]
#include <algorithm>
#include <cstdio>
#include <map>

#include "base/text.h"
#include "testnet/real/world.h"

namespace perfd::testnet {
namespace {

struct Start {
  std::map<Progress::Stage, double> first;  // s since the call
  double fetched = 0;
  std::string failure;
};

double seconds_since(MonoTime then) {
  return std::chrono::duration<double>(runtime::mono_now() - then).count();
}

class Stopwatch {
 public:
  explicit Stopwatch(int authorities) : authorities_(authorities) {}

  Start run(std::filesystem::path const& folder) {
    auto spec = spec_in(folder);
    spec.authorities = authorities_;
    spec.clients = 1;
    Start out;
    auto const began = runtime::mono_now();
    auto network = loop_.run_until_done(
        TestNetwork::start(loop_, launcher_, spec, [&](Progress const& progress) {
          out.first.emplace(progress.stage, static_cast<double>(progress.elapsed.count()) / 1e6);
        }));
    if (!network) {
      out.failure = network.error().message;
      return out;
    }
    auto const socks = (*network)->plan().nodes.back().socks();
    auto const page = loop_.run_until_done(runtime::with_deadline(
        began + std::chrono::seconds{60},
        fetch(loop_, runtime::Address::numeric(socks.address, socks.port).value(), "www.perfd.test",
              server_.port())));
    out.fetched = seconds_since(began);
    if (!page) out.failure = page.error().message;
    loop_.run_until_done((*network)->stop());
    return out;
  }
  void stop() { loop_.run_until_done(launcher_.stop()); }

 private:
  int authorities_;
  runtime::Loop loop_;
  runtime::Launcher launcher_{loop_, runtime::LauncherChannel::fork_now().value()};
  WebServer server_{loop_};
};

void print(char const* what, std::vector<double> values) {
  if (values.empty()) return;
  std::ranges::sort(values);
  std::printf("  %-34s %6.2f %6.2f %6.2f\n", what, values.front(), values[values.size() / 2],
              values.back());
}

void report(char const* kind, std::vector<Start> const& starts) {
  std::size_t good = 0;
  for (auto const& start : starts)
    if (start.failure.empty())
      ++good;
    else
      std::printf("failed: %s\n", start.failure.c_str());
  auto const load = runtime::read_file("/proc/loadavg", 128).value();
  std::printf("%s: %zu of %zu succeeded; s since the call: min, median, max (load %s)\n", kind,
              good, starts.size(), std::string(trim(load)).c_str());
  using Stage = Progress::Stage;
  for (auto const& [stage, name] : {std::pair{Stage::launch, "keys and files are written"},
                                    {Stage::descriptors, "the first descriptors are there"},
                                    {Stage::vote, "all descriptors are there"},
                                    {Stage::relays, "the consensus is there"},
                                    {Stage::clients, "relays have it"},
                                    {Stage::ready, "the client has it"}}) {
    std::vector<double> values;
    for (auto const& start : starts)
      if (start.first.contains(stage)) values.push_back(start.first.at(stage));
    print(name, std::move(values));
  }
  std::vector<double> fetched;
  for (auto const& start : starts)
    if (start.failure.empty()) fetched.push_back(start.fetched);
  print("first page is fetched", std::move(fetched));
}

int measure(int count, int authorities) {
  Stopwatch stopwatch(authorities);
  std::vector<Start> cold;
  std::vector<Start> warm;
  std::filesystem::path folder;
  for (int i = 0; i < count; ++i) {
    std::filesystem::remove_all(folder);
    folder = runtime::make_temporary_folder("perfd-start").value();
    cold.push_back(stopwatch.run(folder));
    warm.push_back(stopwatch.run(folder));
  }
  std::filesystem::remove_all(folder);
  report("cold", cold);
  report("warm", warm);
  stopwatch.stop();
  auto const failed = [](Start const& start) { return !start.failure.empty(); };
  return std::ranges::any_of(cold, failed) || std::ranges::any_of(warm, failed) ? 1 : 0;
}

}  // namespace
}  // namespace perfd::testnet

int main(int argc, char** argv) {
  auto const number = [&](int i, int fallback) {
    return argc > i ? perfd::parse_int<int>(argv[i]).value_or(fallback) : fallback;
  };
  return perfd::testnet::measure(number(1, 20), number(2, 1));
}
