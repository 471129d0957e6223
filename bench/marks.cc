// Transfers with net's client, so many at once, while a capture of the same packets runs; then
// their marks against the capture, as JSON (comparison.h).
//
//   bench_marks ADDRESS:PORT SIZE AT_ONCE TRANSFERS
//
// The server must give /urandom/SIZE on a port that nothing else uses.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <memory>
#include <vector>

#include "base/text.h"
#include "capture.h"
#include "comparison.h"
#include "net/transfer.h"
#include "runtime/deadline.h"
#include "runtime/loop.h"

namespace perfd::bench {
namespace {

constexpr auto kTimeLimit = std::chrono::seconds{60};

struct Run {
  runtime::Loop& loop;
  net::TransferSpec spec;
  int left;
  std::vector<std::unique_ptr<net::TransferTrace>> done;
  std::vector<std::string> failures;
};

// One of the transfers at once: one after the other, until all are done.
runtime::Task<> take_turns(Run& run) {
  while (run.left-- > 0) {
    auto trace = std::make_unique<net::TransferTrace>();
    auto const result = co_await runtime::with_deadline(trace->clock.started() + kTimeLimit,
                                                        net::transfer(run.loop, run.spec, *trace));
    if (result)
      run.done.push_back(std::move(trace));
    else
      run.failures.push_back(fmt::format("{}: {}", name(trace->step), result.error().message));
  }
}

runtime::Task<> take_all(Run& run, int at_once) {
  runtime::TaskGroup group(run.loop);
  for (int i = 0; i < at_once; ++i) group.spawn("transfer", take_turns(run));
  co_await group.join();
}

int bench(runtime::Address const& server, std::int64_t size, int at_once, int transfers) {
  Capture capture(server.port());
  runtime::Loop loop;
  Run run{loop, {}, transfers, {}, {}};
  run.spec.host = server.host();
  run.spec.port = server.port();
  run.spec.target = fmt::format("/urandom/{}", size);
  run.spec.expected_bytes = size;
  run.spec.must_verify = true;
  loop.run_until_done(take_all(run, at_once));

  Comparison comparison(capture.stop(), size);
  for (auto const& trace : run.done) comparison.add(*trace);
  fmt::print("{{\"failed\":{},\"capture_drops\":{},\"marks\":{}}}\n", run.failures.size(),
             capture.drops(), comparison.json());
  for (auto const& failure : run.failures) fmt::print(stderr, "bench_marks: {}\n", failure);
  return 0;
}

}  // namespace
}  // namespace perfd::bench

int main(int argc, char** argv) {
  using namespace perfd;
  auto const number = [&](int at) { return argc > at ? parse_int<int>(argv[at]).value_or(0) : 0; };
  auto const server = runtime::Address::parse(argc > 1 ? argv[1] : "");
  if (!server || number(2) < 1 || number(3) < 1 || number(4) < 1) {
    fmt::print(stderr, "usage: bench_marks ADDRESS:PORT SIZE AT_ONCE TRANSFERS\n");
    return 2;
  }
  try {
    return bench::bench(*server, number(2), number(3), number(4));
  } catch (std::exception const& e) {
    fmt::print(stderr, "bench_marks: {}\n", e.what());
    return 3;
  }
}
