// A launcher, a site and a proxy a load, for tests with a real Firefox.
// Thread: the loop's.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "browser/browser_pool.h"
#include "browser/real/support/site.h"
#include "net/measuring_proxy.h"
#include "net/support/socks_proxy.h"
#include "runtime/clock.h"
#include "runtime/files.h"
#include "runtime/launcher.h"

namespace perfd::browser::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Which Firefox: PERFD_FIREFOX, or what is installed. A test without one fails.
inline std::filesystem::path firefox_binary() {
  if (char const* const chosen = ::getenv("PERFD_FIREFOX")) return chosen;
  for (auto const* name : {"firefox-esr", "firefox"})
    if (auto const found = runtime::find_program(name)) return *found;
  throw std::runtime_error("no Firefox is installed; run scripts/install-deps --for test");
}

class KeepingProxyObserver final : public net::ProxyObserver {
 public:
  void on_connection(model::ProxyConnection connection) override {
    connections.push_back(std::move(connection));
  }
  std::vector<model::ProxyConnection> connections;
};

struct LoadResult {
  LoadTrace trace;
  std::vector<model::ProxyConnection> connections;
  [[nodiscard]] model::Resource const* find(std::string_view end_of_url) const {
    for (auto const& resource : trace.page.resources)
      if (resource.url.ends_with(end_of_url)) return &resource;
    return nullptr;
  }
};

class RealBrowserTest : public testing::Test {
 protected:
  RealBrowserTest() : launcher_(loop_, runtime::LauncherChannel::fork_now().value()) {}
  ~RealBrowserTest() override {
    loop_.run_until_done(launcher_.stop());
    std::filesystem::remove_all(folder_);
  }

  FirefoxSettings settings() {
    FirefoxSettings out;
    out.binary = firefox_binary();
    out.folder = folder_ / "firefox";
    out.loopback_fuse = true;
    return out;
  }

  LoadSpec spec(std::string url, Nanos limit = seconds{30}) {
    LoadSpec out;
    out.url = std::move(url);
    out.deadline = runtime::mono_now() + limit;
    out.quiet = milliseconds{400};
    return out;
  }

  // Each through a measuring proxy of its own.
  LoadResult load(Firefox& firefox, LoadSpec spec) {
    return through_proxy(std::move(spec), [&](LoadSpec with_proxy, LoadTrace& trace) {
      return load_page(firefox, std::move(with_proxy), trace);
    });
  }
  LoadResult load(BrowserPool& pool, LoadSpec spec) {
    return through_proxy(std::move(spec), [&](LoadSpec with_proxy, LoadTrace& trace) {
      return pool.load(std::move(with_proxy), trace);
    });
  }

  runtime::Loop loop_;
  runtime::Launcher launcher_;
  std::filesystem::path folder_ = runtime::make_temporary_folder("perfd-browser").value();
  Site site_{loop_};
  net::test::SocksProxy socks_{loop_};

 private:
  template <class Run>
  LoadResult through_proxy(LoadSpec spec, Run run) {
    KeepingProxyObserver observer;
    net::ProxySettings proxied;
    proxied.upstream = socks_.address();
    net::MeasuringProxy proxy(loop_, proxied, observer);
    proxy.listen(std::move(*runtime::BoundListener::bind(net::test::any_port())));
    spec.proxy = proxy.address();
    LoadResult out;
    auto const result = loop_.run_until_done(run(std::move(spec), out.trace));
    EXPECT_EQ(result.has_error(), out.trace.error.has_value());
    loop_.run_until_done(proxy.stop());
    out.connections = std::move(observer.connections);
    return out;
  }
};

}  // namespace perfd::browser::test
