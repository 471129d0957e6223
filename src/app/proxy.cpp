// `perfd proxy`: the measuring proxy alone, for any program that speaks SOCKS.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/cli.h"
#include "app/interactive.h"
#include "formats/jsonl.h"
#include "net/measuring_proxy.h"
#include "wire/socks/types.h"

namespace perfd::app {
namespace {

using runtime::Task;

struct Options {
  std::string socks;
  std::string listen = "127.0.0.1:0";
  std::string username;
  bool optimistic = false;
};

class Proxy final : public Interactive, public net::ProxyObserver {
 public:
  Proxy(runtime::Loop& loop, net::ProxySettings settings, runtime::BoundListener bound)
      : failed_(loop.context()), proxy_(loop, std::move(settings), *this) {
    proxy_.listen(std::move(bound));
  }

  Task<int> work() override {
    std::fprintf(stderr, "perfd: SOCKS on %s; each connection is a line when it has ended\n",
                 proxy_.address().text().c_str());
    co_await failed_.wait();
    co_return complain("a connection could not be written: no space, or a closed pipe", kCannotRun);
  }

  Task<int> tidy_up() override {
    co_await proxy_.stop();
    co_return kDone;
  }

 private:
  void on_connection(model::ProxyConnection connection) override {
    auto const line = formats::proxy_connection_to_json(connection) + "\n";
    if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size() || std::fflush(stdout) != 0)
      failed_.set();
  }

  runtime::Event failed_;
  net::MeasuringProxy proxy_;
};

Result<runtime::Address> address(std::string const& option, std::string const& text) {
  auto const parsed = runtime::Address::parse(text);
  if (!parsed) return wrong_usage(option + ": " + parsed.error().message);
  return *parsed;
}

Result<runtime::BoundListener> bind(Options const& options) {
  auto const where = address("--listen", options.listen);
  if (!where) return where.error();
  if (!where->is_local())
    return wrong_usage("--listen " + options.listen +
                       ": whoever reaches the proxy can use it, so it listens on a loopback "
                       "address or a unix socket alone");
  return runtime::BoundListener::bind(*where);
}

int run_proxy(Options const& options) {
  auto const upstream = address("--socks", options.socks);
  if (!upstream) return complain(upstream.error());
  auto channel = runtime::LauncherChannel::fork_now();
  if (!channel) return complain(channel.error().message, kCannotRun);
  runtime::Loop loop;
  runtime::Launcher launcher(loop, std::move(*channel));
  auto bound = bind(options);
  if (!bound) {
    loop.run_until_done(launcher.stop());
    return complain(bound.error());
  }
  net::ProxySettings settings;
  settings.upstream = *upstream;
  settings.username = options.username;
  settings.optimistic = options.optimistic;
  Proxy command(loop, std::move(settings), std::move(*bound));
  return run_interactive(loop, launcher, command, true);
}

}  // namespace

void add_proxy(CLI::App& app, Body& body) {
  auto* const command =
      app.add_subcommand("proxy", "A SOCKS proxy in front of tor that tells what happens, when");
  auto const options = std::make_shared<Options>();
  command->add_option("--socks", options->socks, "tor's SOCKS port: 127.0.0.1:9050, or unix:/path")
      ->required();
  command->add_option("--listen", options->listen, "where programs connect; port 0: any free one")
      ->capture_default_str();
  command
      ->add_option("--username", options->username,
                   "SOCKS user name towards tor, which isolates these streams from others")
      ->check([](std::string const& name) {
        return name.size() > wire::socks::kMaxUser ? std::string("longer than 255 bytes")
                                                   : std::string();
      });
  command->add_flag("--optimistic", options->optimistic,
                    "tell programs of success at once and forward early data; what tor refuses is "
                    "then a reset");
  command->footer(
      "Example: perfd proxy --socks 127.0.0.1:9050 --listen 127.0.0.1:9055 > connections.jsonl\n"
      "         curl --socks5-hostname 127.0.0.1:9055 http://example.org/\n"
      "Exit codes: 0 ended by Ctrl-C, 2 wrong usage, 3 it could not run");
  command->callback([options, &body] { body = [options] { return run_proxy(*options); }; });
}

}  // namespace perfd::app
