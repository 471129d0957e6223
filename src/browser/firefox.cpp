#include "browser/firefox.h"

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/json/array.hpp>
#include <deque>
#include <optional>

#include "base/text.h"
#include "browser/bidi_connection.h"
#include "browser/json_read.h"
#include "browser/page_times.h"
#include "browser/process_usage.h"
#include "browser/profile.h"
#include "runtime/address.h"
#include "runtime/clock.h"
#include "runtime/deadline.h"
#include "runtime/files.h"
#include "runtime/pool.h"

namespace perfd::browser {

namespace json = boost::json;
using runtime::Task;

namespace {

constexpr std::string_view kListening = "WebDriver BiDi listening on ws://";
constexpr std::size_t kLastLines = 5;
// What a process that ended has still in its pipe comes at once.
constexpr auto kLastOutput = std::chrono::milliseconds(300);
constexpr auto kCloseAnswer = std::chrono::seconds(2);
constexpr auto kCloseEnd = std::chrono::seconds(5);
constexpr auto kTermGrace = std::chrono::seconds(2);
// A process whose connection is gone is about to end, or never will.
constexpr auto kLostEnd = std::chrono::seconds(1);

// "localhost:40001", as Firefox writes it; perfd connects by number.
std::optional<std::uint16_t> port_of(std::string_view line) {
  auto const place = line.find(kListening);
  if (place == std::string_view::npos) return std::nullopt;
  auto const address = trim(line.substr(place + kListening.size()));
  auto const port = parse_int<std::uint16_t>(address.substr(address.rfind(':') + 1));
  return port && *port != 0 ? port : std::nullopt;
}

bool remove_folder(std::filesystem::path const& folder) {
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  return !error;
}

}  // namespace

struct Firefox::Impl {
  Impl(runtime::Loop& l, FirefoxSettings s)
      : loop(l),
        settings(std::move(s)),
        told(l.context()),
        output_ended(l.context()),
        ended(l.context()),
        blocking(1),
        tasks(l) {}

  runtime::Loop& loop;
  FirefoxSettings settings;
  std::optional<runtime::Child> child;
  std::optional<runtime::ExitStatus> status;
  std::optional<std::uint16_t> port;
  std::deque<std::string> last_lines;
  runtime::Event told;  // the port is known, or it ended
  runtime::Event output_ended;
  runtime::Event ended;
  std::unique_ptr<BidiConnection> connection;
  std::string version;
  Nanos start_time{0};
  std::int64_t loads = 0;
  bool folder_made = false;
  runtime::Pool blocking;  // depends-on: loop
  runtime::TaskGroup tasks;

  [[nodiscard]] runtime::ChildSpec child_spec() const;
  Result<> make_profile();
  Task<Result<>> bring_up(runtime::Launcher& launcher, MonoTime deadline);
  Task<Result<>> begin_session(MonoTime deadline);
  Task<> read_output();
  Task<> watch();
  Task<> clean_up();
  Task<Usage> look_at_usage(Memory memory);
  [[nodiscard]] std::string last_words() const;
};

Result<> Firefox::Impl::make_profile() {
  auto const text = [&] {
    auto prefs = measuring_prefs();
    prefs.insert(prefs.end(), settings.prefs.begin(), settings.prefs.end());
    return user_js(prefs);
  }();
  if (text.has_error()) return text.error();
  auto const& folder = settings.folder;
  std::error_code error;
  if (std::filesystem::exists(folder, error) && !std::filesystem::is_empty(folder, error))
    return Error{folder.string() + " is in the way: an empty folder is needed there"};
  folder_made = true;
  for (auto const& part : {folder, folder / "profile", folder / "home", folder / "tmp"})
    if (auto made = runtime::make_folder(part, 0700); made.has_error()) return made.error();
  return runtime::write_file(folder / "profile" / "user.js", *text, 0600);
}

runtime::ChildSpec Firefox::Impl::child_spec() const {
  auto const& folder = settings.folder;
  runtime::ChildSpec spec;
  spec.program = settings.binary;
  spec.arguments = {"--headless",
                    "--no-remote",
                    "--profile",
                    (folder / "profile").string(),
                    "--remote-debugging-port",
                    "0"};
  auto const home = (folder / "home").string();
  spec.environment = {
      "HOME=" + home,
      "XDG_CONFIG_HOME=" + home + "/.config",
      "XDG_CACHE_HOME=" + home + "/.cache",
      "XDG_DATA_HOME=" + home + "/.local/share",
      "TMPDIR=" + (folder / "tmp").string(),
      "MOZ_HEADLESS=1",
      "MOZ_CRASHREPORTER_DISABLE=1",
      "MOZ_DISABLE_AUTO_SAFE_MODE=1",
      // Else GLib starts a message bus that outlives the browser.
      "DBUS_SESSION_BUS_ADDRESS=disabled:",
      // Tor Browser: no tor of its own, and not the direct connection that it takes without one.
      "TOR_SKIP_LAUNCH=1",
      "TOR_SKIP_CONTROLPORTTEST=1",
      "TOR_SOCKS_HOST=127.0.0.1",
      "TOR_SOCKS_PORT=9",
  };
  if (settings.loopback_fuse) spec.environment.push_back("MOZ_DISABLE_NONLOCAL_CONNECTIONS=1");
  spec.environment.insert(spec.environment.end(), settings.environment.begin(),
                          settings.environment.end());
  spec.folder = folder;
  return spec;
}

Task<> Firefox::Impl::read_output() {
  runtime::LineReader lines(child->output(), 500);
  while (auto line = co_await lines.next()) {
    if (!port && (port = port_of(*line))) told.set();
    if (trim(*line).empty()) continue;
    last_lines.push_back(std::move(*line));
    if (last_lines.size() > kLastLines) last_lines.pop_front();
  }
  output_ended.set();
}

Task<> Firefox::Impl::watch() {
  status = co_await child->wait();
  // A process of its own that lives a little longer may hold the pipe open.
  co_await output_ended.wait_until(runtime::mono_now() + kLastOutput);
  ended.set();
  told.set();
}

std::string Firefox::Impl::last_words() const {
  std::string out;
  for (auto const& line : last_lines) {
    // In each of its outputs, and no cause of anything.
    if (line.starts_with("*** You are running in headless mode") ||
        line.find(kListening) != std::string::npos)
      continue;
    out += (out.empty() ? "; it said \"" : " / ") + printable(line, 160);
  }
  return out.empty() ? out : out + "\"";
}

Task<Result<>> Firefox::Impl::begin_session(MonoTime deadline) {
  auto const host = "127.0.0.1:" + std::to_string(*port);
  auto opened =
      co_await BidiConnection::open(loop, tasks, *runtime::Address::parse(host), host, deadline);
  if (opened.has_error()) co_return opened.error();
  connection = std::move(*opened);

  json::object always;
  // A question that a page asks must not keep it from loading.
  always["unhandledPromptBehavior"] = json::object{{"default", "dismiss"}};
  json::object capabilities;
  capabilities["alwaysMatch"] = std::move(always);
  json::object session;
  session["capabilities"] = std::move(capabilities);
  auto const begun = co_await connection->command("session.new", std::move(session), deadline);
  if (begun.has_error()) co_return begun.error();
  if (auto const* const known = read::object(*begun, "capabilities"))
    version = "Firefox " + printable(read::text(*known, "browserVersion", 40));

  json::object events;
  events["events"] = json::array{"network", "browsingContext"};
  auto const subscribed =
      co_await connection->command("session.subscribe", std::move(events), deadline);
  if (subscribed.has_error()) co_return subscribed.error();

  json::object script;
  script["functionDeclaration"] = watching_function();
  script["sandbox"] = kSandbox;
  auto const added =
      co_await connection->command("script.addPreloadScript", std::move(script), deadline);
  if (added.has_error()) co_return added.error();
  co_return Result<>{};
}

Task<Result<>> Firefox::Impl::bring_up(runtime::Launcher& launcher, MonoTime deadline) {
  auto const began = runtime::mono_now();
  if (auto made = make_profile(); made.has_error()) co_return made.error();
  auto started = co_await launcher.start(child_spec());
  if (started.has_error()) co_return started.error();
  child.emplace(std::move(*started));
  tasks.spawn("output of Firefox", read_output());
  tasks.spawn("watch of Firefox", watch());
  bool const in_time = co_await told.wait_until(deadline);
  if (ended.is_set()) co_return Error{"it ended: " + status->text() + last_words()};
  if (!in_time || !port)
    co_return Error{"it told no port for WebDriver BiDi in time" + last_words()};
  auto const begun = co_await begin_session(deadline);
  if (begun.has_error()) {
    co_await ended.wait_until(runtime::mono_now() + kLastOutput);
    if (ended.is_set()) co_return Error{"it ended: " + status->text() + last_words()};
    co_return Error{begun.error().message + last_words()};
  }
  start_time = runtime::mono_now() - began;
  co_return Result<>{};
}

Task<> Firefox::Impl::clean_up() {
  if (connection) connection->close();
  co_await tasks.stop();
  if (!folder_made) co_return;
  auto const folder = settings.folder;
  // Its other processes may still be writing for a moment.
  for (int i = 0; i < 20; ++i) {
    // Named: GCC 12 would destroy its copy of the path twice inside the await.
    auto const remove = [folder] { return remove_folder(folder); };
    bool const gone = co_await blocking.run(loop, remove);
    if (gone) break;
    co_await runtime::sleep_for(std::chrono::milliseconds(50));
  }
  folder_made = false;
}

Firefox::Firefox(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Firefox::~Firefox() = default;

Task<Result<std::unique_ptr<Firefox>>> Firefox::start(runtime::Loop& loop,
                                                      runtime::Launcher& launcher,
                                                      FirefoxSettings settings) {
  auto const deadline = runtime::mono_now() + settings.start_limit;
  auto const binary = settings.binary.string();
  std::unique_ptr<Firefox> firefox(new Firefox(std::make_unique<Impl>(loop, std::move(settings))));
  std::exception_ptr cancelled;
  Result<> up;
  try {
    up = co_await firefox->impl_->bring_up(launcher, deadline);
  } catch (...) {
    cancelled = std::current_exception();
  }
  if (cancelled)
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  if (cancelled || up.has_error()) co_await firefox->kill();
  if (cancelled) std::rethrow_exception(cancelled);
  if (up.has_error())
    co_return make_error(Errc::kNotStarted, binary + " did not start: " + up.error().message);
  co_return std::move(firefox);
}

std::string const& Firefox::version() const { return impl_->version; }
bool Firefox::running() const {
  return impl_->child && impl_->child->running() && impl_->connection &&
         impl_->connection->connected();
}
pid_t Firefox::pid() const { return impl_->child ? impl_->child->pid() : 0; }
Nanos Firefox::start_time() const { return impl_->start_time; }
runtime::Loop& Firefox::loop() { return impl_->loop; }
BidiConnection& Firefox::connection() { return *impl_->connection; }
std::int64_t Firefox::count_load() { return ++impl_->loads; }

Task<Usage> Firefox::Impl::look_at_usage(Memory memory) {
  if (!child || !child->running()) co_return Usage{};
  auto const root = child->pid();
  auto const look = [root, memory] { return usage_of_tree(root, memory); };
  co_return co_await blocking.run(loop, look);
}

Task<Usage> Firefox::usage() { return impl_->look_at_usage(Memory::pss); }
Task<Usage> Firefox::usage_at_most() { return impl_->look_at_usage(Memory::rss); }

Error Firefox::obituary() const {
  auto const name = impl_->version.empty() ? std::string("the browser") : impl_->version;
  if (impl_->status)
    return make_error(Errc::kDied, name + " ended: " + impl_->status->text() + impl_->last_words());
  auto const* const loss = impl_->connection ? impl_->connection->loss() : nullptr;
  return make_error(Errc::kDied, loss != nullptr ? loss->message : name + " was stopped");
}

Task<> Firefox::stop() {
  if (running()) {
    (void)co_await impl_->connection->command("browser.close", json::object{},
                                              runtime::mono_now() + kCloseAnswer);
    co_await impl_->ended.wait_until(runtime::mono_now() + kCloseEnd);
  }
  if (impl_->child && impl_->child->running()) (void)co_await impl_->child->terminate(kTermGrace);
  co_await impl_->clean_up();
}

Task<> Firefox::kill() {
  if (impl_->child && impl_->child->running()) {
    impl_->child->send_signal(SIGKILL);
    (void)co_await impl_->child->wait();
  }
  // So that its last words are known.
  if (impl_->child) co_await impl_->ended.wait_until(runtime::mono_now() + kLastOutput * 2);
  co_await impl_->clean_up();
}

Task<> Firefox::end_of_lost() {
  if (impl_->child) co_await impl_->ended.wait_until(runtime::mono_now() + kLostEnd);
  co_await kill();
}

}  // namespace perfd::browser
