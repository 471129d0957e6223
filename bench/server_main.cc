// The measurement server alone, on one loop: what `scripts/bench` holds against nginx, and what
// its other benchmarks fetch from.
//
//   bench_server [ADDRESS:PORT…]     127.0.0.1:0 by default; prints where it listens, in one line
//
// It serves until it is killed.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include "net/server.h"
#include "runtime/loop.h"

int main(int argc, char** argv) {
  using namespace perfd;
  std::vector<std::string> wanted(argv + 1, argv + argc);
  if (wanted.empty()) wanted.emplace_back("127.0.0.1:0");
  runtime::Loop loop;
  net::MeasurementServer server(loop, {}, nullptr, nullptr);
  for (auto const& text : wanted) {
    auto const address = runtime::Address::parse(text);
    auto bound = address ? runtime::BoundListener::bind(*address) : address.error();
    if (!bound) {
      fmt::print(stderr, "bench_server: {}: {}\n", text, bound.error().message);
      return 3;
    }
    server.listen(std::move(*bound));
  }
  for (auto const& address : server.addresses()) fmt::print("{} ", address.text());
  fmt::print("\n");
  std::fflush(stdout);
  loop.run();
}
