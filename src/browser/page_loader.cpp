#include "browser/page_loader.h"

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/json/array.hpp>
#include <memory>

#include "base/text.h"
#include "browser/bidi_connection.h"
#include "browser/bidi_events.h"
#include "browser/json_read.h"
#include "browser/page_times.h"
#include "browser/page_watch.h"
#include "browser/png_text.h"
#include "runtime/clock.h"
#include "runtime/deadline.h"

namespace perfd::browser {

namespace json = boost::json;
using runtime::Task;

namespace {

// What the browser does within milliseconds, on a machine that has other things to do. Together
// with the browser's end they fit into kAfterDeadline.
constexpr auto kOpenLimit = std::chrono::seconds{20};
constexpr auto kAskLimit = std::chrono::seconds{2};
constexpr auto kAbortLimit = std::chrono::seconds{1};
constexpr auto kPictureLimit = std::chrono::seconds{4};
constexpr auto kCloseLimit = std::chrono::seconds{3};
// A tab whose process ended is told of as an error of its navigation first.
constexpr auto kCrashLimit = std::chrono::seconds{3};

class Load {
 public:
  Load(Firefox& firefox, LoadSpec spec, LoadTrace& trace, runtime::Loop& loop)
      : firefox_(firefox),
        connection_(firefox.connection()),
        spec_(std::move(spec)),
        trace_(trace),
        changed_(std::make_shared<runtime::Event>(loop.context())),
        navigated_(std::make_shared<Navigated>()) {}
  ~Load() {
    connection_.on_event(nullptr);
    connection_.on_loss(nullptr);
    if (navigate_id_ != 0) connection_.forget(navigate_id_);
  }
  Load(Load const&) = delete;
  Load& operator=(Load const&) = delete;

  Task<Result<>> run();
  // What was seen so far, into the trace.
  void tell();

 private:
  struct Navigated {
    bool answered = false;
    std::optional<Error> error;
  };

  Task<Result<>> open();
  void navigate();
  Task<Result<>> wait();
  Task<Result<>> wait_for_crash(Error otherwise);
  Task<Result<>> ask_page();
  Task<> take_picture();
  Task<> abort();
  Task<Result<>> close();
  Task<BidiConnection::Answer> command(std::string method, json::object params, MonoTime until) {
    return connection_.command(std::move(method), std::move(params), until);
  }
  [[nodiscard]] json::object target() const { return {{"context", tab_}, {"sandbox", kSandbox}}; }

  Firefox& firefox_;
  BidiConnection& connection_;
  LoadSpec spec_;
  LoadTrace& trace_;
  // Shared with handlers of answers, which may come when the load is over.
  std::shared_ptr<runtime::Event> changed_;
  std::shared_ptr<Navigated> navigated_;
  std::string user_context_;
  std::string tab_;
  std::optional<PageWatch> watch_;
  std::optional<PageTimes> times_;
  std::optional<WallTime> started_at_;
  std::uint64_t navigate_id_ = 0;
  bool quiet_ = false;
  bool aborting_ = false;  // what the page does from now on is no part of the load
};

// A command that was not answered: by a browser that hangs, or because there was no time left.
Error unanswered(Error error, MonoTime deadline) {
  if (!runtime::is_timeout(error)) return error;
  auto const code = runtime::mono_now() >= deadline ? Errc::kDeadline : Errc::kHung;
  return make_error(code, std::move(error.message));
}

Task<Result<>> Load::open() {
  auto const until = std::min(spec_.deadline, runtime::mono_now() + kOpenLimit);
  json::object context;
  context["proxy"] = json::object{
      {"proxyType", "manual"}, {"socksProxy", spec_.proxy.text()}, {"socksVersion", 5}};
  if (spec_.accept_any_certificate) context["acceptInsecureCerts"] = true;
  auto const made = co_await command("browser.createUserContext", std::move(context), until);
  if (made.has_error()) co_return unanswered(made.error(), spec_.deadline);
  user_context_ = read::text(*made, "userContext", kWordLimit);
  json::object tab;
  tab["type"] = "tab";
  tab["userContext"] = user_context_;
  auto const opened = co_await command("browsingContext.create", std::move(tab), until);
  if (opened.has_error()) co_return unanswered(opened.error(), spec_.deadline);
  tab_ = read::text(*opened, "context", kWordLimit);
  if (user_context_.empty() || tab_.empty())
    co_return make_error(Errc::kProtocol, "the browser named no tab");
  co_return Result<>{};
}

void Load::navigate() {
  watch_.emplace(tab_);
  connection_.on_event([this](std::string_view method, json::object const& params) {
    auto const event = parse_event(method, params);
    if (event && (!aborting_ || std::holds_alternative<NetworkEvent>(*event))) {
      watch_->on(*event, runtime::mono_now());
      changed_->set();
    }
  });
  connection_.on_loss([changed = changed_](Error const&) { changed->set(); });
  json::object params;
  params["context"] = tab_;
  params["url"] = spec_.url;
  params["wait"] = "none";
  started_at_ = runtime::wall_now();
  navigate_id_ =
      connection_.send("browsingContext.navigate", std::move(params),
                       [changed = changed_, state = navigated_](BidiConnection::Answer answer) {
                         state->answered = true;
                         if (answer.has_error()) state->error = answer.error();
                         changed->set();
                       });
}

// Until the page is loaded and quiet.
Task<Result<>> Load::wait() {
  for (;;) {
    changed_->reset();
    if (!connection_.connected()) co_return *connection_.loss();
    if (watch_->crashed()) co_return make_error(Errc::kCrashed, "the page's process ended");
    if (navigated_->error) {
      auto const error = *navigated_->error;
      if (watch_->error_page() || error.message.find("invalid argument") != std::string::npos)
        co_return make_error(Errc::kNavigation, error.message);
      co_return co_await wait_for_crash(error);
    }
    auto const now = runtime::mono_now();
    auto until = spec_.deadline;
    if (watch_->loaded())
      if (auto const since = watch_->quiet_since()) {
        if (now >= *since + spec_.quiet) {
          quiet_ = true;
          co_return Result<>{};
        }
        until = std::min(until, *since + spec_.quiet);
      }
    if (now >= spec_.deadline)
      co_return make_error(Errc::kDeadline, !watch_->committed() ? "no page came in time"
                                            : !watch_->loaded()
                                                ? "the page was still loading"
                                                : "the page was loaded, but " +
                                                      std::to_string(watch_->open_requests()) +
                                                      " requests went on");
    (void)co_await changed_->wait_until(until);
  }
}

Task<Result<>> Load::wait_for_crash(Error otherwise) {
  auto const until = runtime::mono_now() + kCrashLimit;
  while (connection_.connected() && !watch_->crashed()) {
    changed_->reset();
    bool const woken = co_await changed_->wait_until(until);
    if (!woken) break;
  }
  if (watch_->crashed()) co_return make_error(Errc::kCrashed, "the page's process ended");
  if (!connection_.connected()) co_return *connection_.loss();
  co_return make_error(Errc::kNavigation, otherwise.message);
}

// Its own times; kHung where it does not answer.
Task<Result<>> Load::ask_page() {
  json::object params;
  params["expression"] = collecting_expression();
  params["target"] = target();
  params["awaitPromise"] = false;
  auto const answer =
      co_await command("script.evaluate", std::move(params), runtime::mono_now() + kAskLimit);
  if (answer.has_error()) {
    if (runtime::is_timeout(answer.error()))
      co_return make_error(Errc::kHung, "the page answers no question");
    // It is of no use, but no failure of the load: the browser's own events tell most of it.
    co_return connection_.connected() ? Result<>{} : Result<>{*connection_.loss()};
  }
  if (auto const* const result = read::object(*answer, "result"))
    times_ = parse_page_times(read::text(*result, "value", kMessageLimit));
  co_return Result<>{};
}

Task<> Load::take_picture() {
  json::object params;
  params["context"] = tab_;
  auto const answer = co_await command("browsingContext.captureScreenshot", std::move(params),
                                       runtime::mono_now() + kPictureLimit);
  if (answer.has_error()) co_return;
  auto png = png_from_base64(read::text(*answer, "data", kMessageLimit));
  if (png) trace_.screenshot_png = std::move(*png);
}

// Ends the requests that still go on: only then does the browser tell how far they came.
Task<> Load::abort() {
  aborting_ = true;
  json::object params;
  params["expression"] = "window.stop()";
  params["target"] = target();
  params["awaitPromise"] = false;
  auto const until = runtime::mono_now() + kAbortLimit;
  auto const answer = co_await command("script.evaluate", std::move(params), until);
  if (answer.has_error()) co_return;
  while (connection_.connected() && watch_->open_requests() > 0) {
    changed_->reset();
    bool const woken = co_await changed_->wait_until(until);
    if (!woken) break;
  }
}

// Closes every tab of the user context, also one that hangs.
Task<Result<>> Load::close() {
  if (user_context_.empty()) co_return Result<>{};
  json::object params;
  params["userContext"] = user_context_;
  auto const answer = co_await command("browser.removeUserContext", std::move(params),
                                       runtime::mono_now() + kCloseLimit);
  if (answer.has_error()) co_return answer.error();
  co_return Result<>{};
}

void Load::tell() {
  auto& page = trace_.page;
  page.url = spec_.url;
  if (!watch_) return;
  watch_->fill(page);
  model::Marks marks;
  if (times_ && watch_->committed()) add_page_times(*times_, marks, page);
  watch_->fill(marks, quiet_);
  auto entries = marks.entries();
  std::ranges::stable_sort(entries, {}, [](auto const& entry) { return entry.mark.at; });
  if (started_at_) trace_.marks.set(model::mark::kStart, {*started_at_, {}, {}});
  for (auto const& entry : entries) trace_.marks.set(entry.name, entry.mark);
}

Task<Result<>> Load::run() {
  auto result = co_await open();
  if (result) {
    navigate();
    result = co_await wait();
    bool const answering = connection_.connected() && !watch_->crashed();
    if (answering && watch_->committed()) {
      auto const asked = co_await ask_page();
      // A page that is too busy to answer is why its time was over.
      if (asked.has_error() && (result || result.error().code != Errc::kNavigation)) result = asked;
    }
    bool const hung = result.has_error() && result.error().code == Errc::kHung;
    if (spec_.screenshot && answering && !hung) co_await take_picture();
    if (answering && !hung && result.has_error() && result.error().code == Errc::kDeadline)
      co_await abort();
  }
  tell();
  if (connection_.connected()) {
    auto const closed = co_await close();
    if (closed.has_error()) {
      if (result || result.error().code == Errc::kDeadline)
        result = make_error(Errc::kHung, closed.error().message);
      co_await firefox_.kill();
    }
  }
  co_return result;
}

Task<Result<>> run_load(Load& load) { return load.run(); }

}  // namespace

Task<Result<>> load_page(Firefox& firefox, LoadSpec spec, LoadTrace& trace) {
  trace.page.url = spec.url;
  trace.page.browser = firefox.version();
  trace.page.load_of_process = firefox.count_load();
  if (!firefox.running()) {
    trace.error = firefox.obituary();
    co_return *trace.error;
  }
  Load load(firefox, std::move(spec), trace, firefox.loop());
  std::exception_ptr cancelled;
  Result<> result;
  try {
    result = co_await run_load(load);
  } catch (...) {
    cancelled = std::current_exception();
  }
  if (cancelled) {
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
    load.tell();
    trace.error = make_error(Errc::kDeadline, "the load was given up");
    co_await firefox.kill();
    std::rethrow_exception(cancelled);
  }
  if (result) co_return result;
  auto error = result.error();
  if (!firefox.connection().connected()) {
    co_await firefox.end_of_lost();
    // Only its end tells why the connection was lost.
    if (error.code == Errc::kDied) error = firefox.obituary();
  }
  trace.error = error;
  co_return error;
}

}  // namespace perfd::browser
