#include "app/measure_target.h"

#include <utility>

#include "app/browser_keeper.h"
#include "app/cli.h"
#include "app/experiment_spec.h"
#include "app/private_station.h"
#include "app/testnet_spec.h"
#include "base/text.h"
#include "experiments/page.h"
#include "runtime/clock.h"
#include "runtime/files.h"
#include "runtime/random.h"
#include "wire/ip.h"

namespace perfd::app {
namespace {

using runtime::Task;

constexpr auto kSource = "measure";
constexpr auto kTorLimit = std::chrono::seconds(120);

// A folder that lasts as long as the command.
class Scratch {
 public:
  explicit Scratch(std::filesystem::path folder) : folder_(std::move(folder)) {}
  ~Scratch() {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  Scratch(Scratch&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
  Scratch& operator=(Scratch&&) = delete;
  [[nodiscard]] std::filesystem::path const& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

config::Browser browser_settings(MeasureOptions const& options) {
  config::Browser out;
  out.binary = options.browser;
  out.at_once = 1;
  return out;
}

// The picture of a measurement that a station made.
void copy_picture(model::Measurement const& record, DataFolder const& data,
                  std::string const& file) {
  if (!record.page || record.page->screenshot.empty()) return;
  std::error_code failed;
  std::filesystem::copy_file(data.screenshots() / record.page->screenshot, file,
                             std::filesystem::copy_options::overwrite_existing, failed);
  if (failed) complain("--screenshot: " + file + ": " + failed.message(), kCannotRun);
}

void keep_picture(std::string const& png, std::string const& file) {
  if (png.empty()) return;
  if (auto const kept = runtime::write_file(file, png); !kept)
    complain("--screenshot: " + kept.error().message, kCannotRun);
}

// A proxy that runs: nothing is known of what is behind it.
class ProxyTarget : public MeasureTarget {
 public:
  ProxyTarget(runtime::Loop& loop, experiments::MeasurementSpec spec)
      : loop_(loop), spec_(std::move(spec)) {}

  Task<Result<>> prepare(Told /*told*/) override { co_return Result<>{}; }
  Task<model::Measurement> measure() override {
    spec_.id = runtime::new_id();
    experiments::MeasurementPorts const ports{loop_};
    co_return co_await experiments::measure_once(ports, spec_);
  }
  Task<> tidy_up() override { co_return; }

 protected:
  runtime::Loop& loop_;
  experiments::MeasurementSpec spec_;
};

// The same with a browser in front of it.
class PageProxyTarget final : public ProxyTarget {
 public:
  PageProxyTarget(runtime::Loop& loop, runtime::Launcher& launcher,
                  experiments::MeasurementSpec spec, MeasureOptions const& options, Scratch scratch)
      : ProxyTarget(loop, std::move(spec)),
        url_(options.url),
        screenshot_(options.screenshot),
        scratch_(std::move(scratch)),
        browsers_(loop, launcher, browser_settings(options), scratch_.folder() / "browser"),
        never_(loop.context()) {}

  Task<model::Measurement> measure() override {
    experiments::PageSpec page;
    page.request = spec_;
    page.request.id = runtime::new_id();
    page.url = url_;
    page.screenshot = !screenshot_.empty();
    experiments::MeasurementPorts const ports{loop_};
    auto lease = co_await browsers_.borrow(runtime::mono_now(), never_);
    if (!lease) {
      auto record = experiments::started_record(page.request, runtime::wall_now());
      record.outcome = {model::FailureCode::browser_not_started, "start browser",
                        lease.error().message};
      co_return record;
    }
    std::string png;
    auto record = co_await experiments::measure_page(ports, lease->pool(), std::move(page), png);
    keep_picture(png, screenshot_);
    co_return record;
  }
  Task<> tidy_up() override { co_await browsers_.stop(); }

 private:
  std::string url_;
  std::string screenshot_;
  Scratch scratch_;
  BrowserKeeper browsers_;
  runtime::Event never_;
};

// A tor of its own, with the network that its torrc names: the real one without any.
class TorTarget final : public MeasureTarget {
 public:
  TorTarget(runtime::Loop& loop, runtime::Launcher& launcher, Scratch scratch, config::Tor tor,
            MeasureOptions const& options, config::Experiment experiment)
      : loop_(loop),
        launcher_(launcher),
        scratch_(std::move(scratch)),
        tor_(std::move(tor)),
        browser_(browser_settings(options)),
        screenshot_(options.screenshot),
        experiment_(std::move(experiment)) {}

  Task<Result<>> prepare(Told told) override {
    StationOptions options;
    options.settings.vantage.name = kSource;
    options.settings.tors = {tor_};
    options.settings.browser = browser_;
    options.data = data_folder(scratch_.folder());
    options.on_tor_state = [told](tor::Instance const& tor) { told("tor: " + tor.detail()); };
    auto opened = Station::open(loop_, launcher_, std::move(options));
    if (opened.has_error()) co_return opened.error();
    station_ = std::move(*opened);
    station_->start_tors();
    auto& instance = station_->tor(tor_.name)->instance();
    co_return co_await await_tor(instance, kTorLimit);
  }
  Task<model::Measurement> measure() override {
    auto record = co_await station_->measure(experiment_);
    copy_picture(record, data_folder(scratch_.folder()), screenshot_);
    co_return record;
  }
  Task<> tidy_up() override {
    if (station_) (void)co_await station_->stop();
  }

 private:
  runtime::Loop& loop_;
  runtime::Launcher& launcher_;
  Scratch scratch_;
  config::Tor tor_;
  config::Browser browser_;
  std::string screenshot_;
  config::Experiment experiment_;
  std::unique_ptr<Station> station_;
};

// A private network, and perfd's own server behind it.
class TestnetTarget final : public MeasureTarget {
 public:
  TestnetTarget(runtime::Loop& loop, runtime::Launcher& launcher, std::vector<Scratch> scratch,
                PrivateStationOptions options, std::string screenshot,
                config::Experiment experiment)
      : loop_(loop),
        launcher_(launcher),
        scratch_(std::move(scratch)),
        data_(options.data),
        screenshot_(std::move(screenshot)),
        options_(std::move(options)),
        experiment_(std::move(experiment)) {}

  Task<Result<>> prepare(Told told) override {
    options_.on_progress = [told](std::string const& step) { told(step); };
    auto started = co_await PrivateStation::start(loop_, launcher_, std::move(options_));
    if (started.has_error()) co_return started.error();
    station_ = std::move(*started);
    co_return Result<>{};
  }
  Task<model::Measurement> measure() override {
    auto record = co_await station_->station().measure(experiment_);
    copy_picture(record, data_, screenshot_);
    co_return record;
  }
  Task<> tidy_up() override {
    if (station_) (void)co_await station_->stop();
  }

 private:
  runtime::Loop& loop_;
  runtime::Launcher& launcher_;
  std::vector<Scratch> scratch_;
  DataFolder data_;
  std::string screenshot_;
  PrivateStationOptions options_;
  config::Experiment experiment_;
  std::unique_ptr<PrivateStation> station_;
};

Result<std::unique_ptr<MeasureTarget>> proxy_target(runtime::Loop& loop,
                                                    runtime::Launcher& launcher,
                                                    MeasureOptions const& options,
                                                    config::Experiment const& experiment) {
  auto const proxy = runtime::Address::parse(options.socks);
  if (!proxy) return wrong_usage("--socks: " + proxy.error().message);
  auto const destination =
      options.url.empty()
          ? Destination{}
          : destination_of_url(options.url, options.kind == config::Kind::page).value();
  auto spec = measurement_spec(experiment, destination, kSource);
  spec.proxy = *proxy;
  using wire::socks::Version;
  spec.socks_version = options.socks_version == "4"    ? Version::kSocks4
                       : options.socks_version == "4a" ? Version::kSocks4a
                                                       : Version::kSocks5;
  auto const ip = wire::parse_ip(spec.host);
  bool const resolves = spec.kind == model::Kind::resolve;
  if (resolves && (spec.socks_version == Version::kSocks4 ||
                   (spec.reverse && spec.socks_version != Version::kSocks5)))
    return wrong_usage("--socks-version " + options.socks_version + " can't ask for '" +
                       printable(spec.query, 100) + "': use 5");
  if (!resolves && spec.socks_version == Version::kSocks4 && (!ip || ip->v6))
    return wrong_usage("--socks-version 4 takes IPv4 addresses alone: use 4a or 5 for '" +
                       printable(spec.host, 100) + "'");
  if (spec.kind != model::Kind::page) return std::make_unique<ProxyTarget>(loop, std::move(spec));
  auto scratch = runtime::make_temporary_folder("perfd-measure");
  if (!scratch) return scratch.error();
  return std::make_unique<PageProxyTarget>(loop, launcher, std::move(spec), options,
                                           Scratch(std::move(*scratch)));
}

Result<std::unique_ptr<MeasureTarget>> tor_target(runtime::Loop& loop, runtime::Launcher& launcher,
                                                  MeasureOptions const& options,
                                                  config::Experiment experiment) {
  config::Tor tor;
  tor.name = experiment.tor;
  tor.binary = options.tor;
  auto torrc = torrc_of(options);
  if (!torrc) return torrc.error();
  tor.torrc = std::move(*torrc);
  auto scratch = runtime::make_temporary_folder("perfd-measure");
  if (!scratch) return scratch.error();
  return std::make_unique<TorTarget>(loop, launcher, Scratch(std::move(*scratch)), std::move(tor),
                                     options, std::move(experiment));
}

Result<std::unique_ptr<MeasureTarget>> testnet_target(runtime::Loop& loop,
                                                      runtime::Launcher& launcher,
                                                      MeasureOptions const& options,
                                                      config::Experiment experiment) {
  auto const network_folder = free_network_folder("measure");
  if (!network_folder) return network_folder.error();
  PrivateStationOptions station;
  TestnetOptions network;
  if (!options.tor.empty()) network.tor = options.tor;
  std::vector<Scratch> scratch;
  if (network_folder->temporary) scratch.emplace_back(network_folder->path);
  auto spec = testnet_spec(network, network_folder->path);
  if (!spec) return spec.error();
  station.network = std::move(*spec);
  auto torrc = torrc_of(options);
  if (!torrc) return torrc.error();
  station.torrc = std::move(*torrc);
  station.vantage = kSource;
  station.browser = browser_settings(options);
  auto data = runtime::make_temporary_folder("perfd-measure-data");
  if (!data) return data.error();
  scratch.emplace_back(*data);
  station.data = data_folder(*data);
  station.data.tors = network_folder->path / "perfd";
  experiment.tor = PrivateStation::kTor;
  return std::make_unique<TestnetTarget>(loop, launcher, std::move(scratch), std::move(station),
                                         options.screenshot, std::move(experiment));
}

}  // namespace

Result<std::unique_ptr<MeasureTarget>> make_target(runtime::Loop& loop, runtime::Launcher& launcher,
                                                   MeasureOptions const& options) {
  auto experiment = experiment_of(options);
  if (!experiment) return experiment.error();
  if (!options.socks.empty()) return proxy_target(loop, launcher, options, *experiment);
  if (options.testnet) return testnet_target(loop, launcher, options, std::move(*experiment));
  return tor_target(loop, launcher, options, std::move(*experiment));
}

}  // namespace perfd::app
