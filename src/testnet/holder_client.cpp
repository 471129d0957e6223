// The other side of the holder's socket: up(), status(), down().
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

#include "base/text.h"
#include "runtime/clock.h"
#include "runtime/daemon.h"
#include "runtime/deadline.h"
#include "runtime/files.h"
#include "testnet/holder.h"
#include "testnet/holder_talk.h"

namespace perfd::testnet {
namespace {

using runtime::mono_now;
using runtime::Task;

constexpr auto kAnswerLimit = std::chrono::seconds{5};
constexpr auto kStartLimit = std::chrono::seconds{200};
constexpr auto kPoll = std::chrono::milliseconds{20};

std::filesystem::path pid_file(std::filesystem::path const& folder) {
  return folder / "network.pid";
}

Error none_runs(std::filesystem::path const& folder) {
  if (auto const pid = runtime::PidFile::holder(pid_file(folder)))
    return Error{"the private network in " + folder.string() + " belongs to process " +
                 std::to_string(*pid) + ", which is no holder of `perfd testnet up`; end it there"};
  auto const failure = talk::last_failure(folder);
  return Error{"no private network runs in " + folder.string() +
               (failure.empty() ? "" : "; the last one ended: " + failure)};
}

Task<Result<runtime::StreamSocket>> ask(runtime::Loop& loop, std::filesystem::path folder,
                                        std::string request) {
  auto const address = talk::socket_address(folder);
  if (!address) co_return address.error();
  auto socket = runtime::StreamSocket::create(loop, *address);
  if (!socket) co_return socket.error();
  if (!co_await socket->connect(*address)) co_return none_runs(folder);
  if (auto ok = co_await talk::send_line(*socket, std::move(request)); !ok) co_return ok.error();
  co_return std::move(*socket);
}

// The description in "up JSON", or the reason in anything else.
Result<UpInfo> outcome_of(std::string_view line) {
  if (line.starts_with("up ")) return up_info_from_json(line.substr(3));
  if (line.starts_with("failed ")) return Error{std::string(line.substr(7))};
  if (line == "starting") return Error{"the private network is still starting"};
  return Error{"the network's holder gave an answer that makes no sense: " + printable(line, 80)};
}

Task<Result<UpInfo>> watch(runtime::Loop& loop, std::filesystem::path folder, ProgressSink sink) {
  auto socket = co_await ask(loop, folder, "watch");
  if (!socket) co_return socket.error();
  talk::Lines lines(*socket);
  while (auto const line = co_await lines.next()) {
    auto const progress = talk::parse_progress(*line);
    if (!progress) co_return outcome_of(*line);
    if (sink) sink(*progress);
  }
  co_return Error{"the network's holder ended during the start; see " +
                  (folder / "holder.log").string()};
}

Task<Result<UpInfo>> ask_status(runtime::Loop& loop, std::filesystem::path folder) {
  auto socket = co_await ask(loop, folder, "status");
  if (!socket) co_return socket.error();
  talk::Lines lines(*socket);
  auto const line = co_await lines.next();
  if (!line) co_return none_runs(folder);
  co_return outcome_of(*line);
}

// Ends when the holder does.
Task<Result<>> ask_down(runtime::Loop& loop, std::filesystem::path folder) {
  auto socket = co_await ask(loop, folder, "down");
  if (!socket) co_return socket.error();
  talk::Lines lines(*socket);
  for (bool open = true; open;) open = (co_await lines.next()).has_value();
  co_return Result<>{};
}

Task<Result<>> await_release(std::filesystem::path folder) {
  while (runtime::PidFile::holder(pid_file(folder))) co_await runtime::sleep_for(kPoll);
  co_return Result<>{};
}

// Whether anybody listens on the holder's socket.
Task<Result<bool>> is_there(runtime::Loop& loop, std::filesystem::path folder) {
  auto const address = talk::socket_address(folder);
  if (!address) co_return address.error();
  auto socket = runtime::StreamSocket::create(loop, *address);
  if (!socket) co_return socket.error();
  co_return (co_await socket->connect(*address)).has_value();
}

Task<Result<>> await_gone(runtime::Loop& loop, std::filesystem::path folder) {
  for (;;) {
    auto const there = co_await is_there(loop, folder);
    if (!there || !*there) co_return Result<>{};
    co_await runtime::sleep_for(kPoll);
  }
}

}  // namespace

Result<UpInfo> up(NetworkSpec const& spec, ProgressSink const& sink) {
  if (auto ok = make_plan(spec); !ok) return ok.error();
  if (auto const pid = runtime::PidFile::holder(pid_file(spec.folder)))
    return Error{"a private network runs already in " + spec.folder.string() + " (process " +
                     std::to_string(*pid) + "); stop it first: perfd testnet down",
                 make_error_code(boost::system::errc::device_or_resource_busy)};
  if (auto ok = runtime::make_folder(spec.folder); !ok) return ok.error();
  std::fflush(nullptr);  // or the holder would write what is buffered once more
  auto background = runtime::Background::enter(spec.folder / "holder.log");
  if (!background) return background.error();
  if (background->is_daemon()) {
    int code = 1;
    try {
      code = hold(spec, [&](std::string_view failure) { background->report(failure); });
    } catch (std::exception const& e) {
      std::fprintf(stderr, "%s\n", e.what());
      background->report(e.what());
    }
    std::fflush(nullptr);
    ::_exit(code);
  }
  if (auto ok = background->wait(); !ok) return ok.error();
  runtime::Loop loop;
  auto outcome = loop.run_until_done(
      runtime::with_deadline(mono_now() + kStartLimit, watch(loop, spec.folder, sink)));
  // A holder that failed tells so while it cleans up; whoever tries again must not meet it.
  if (!outcome)
    (void)loop.run_until_done(
        runtime::with_deadline(mono_now() + kAnswerLimit, await_gone(loop, spec.folder)));
  return outcome;
}

Result<UpInfo> status(std::filesystem::path const& folder, Micros patience) {
  runtime::Loop loop;
  auto answer =
      loop.run_until_done(runtime::with_deadline(mono_now() + patience, ask_status(loop, folder)));
  if (!answer && runtime::is_timeout(answer.error()))
    return Error{"the holder of the private network in " + folder.string() +
                     " does not answer; `perfd testnet down` ends it",
                 answer.error().code};
  return answer;
}

Result<bool> down(std::filesystem::path const& folder, Micros patience) {
  runtime::Loop loop;
  auto const there = loop.run_until_done(
      runtime::with_deadline(mono_now() + kAnswerLimit, is_there(loop, folder)));
  bool const owned = runtime::PidFile::holder(pid_file(folder)).has_value();
  if (!there || !*there) {
    if (owned) return none_runs(folder);
    return false;
  }
  auto const asked =
      loop.run_until_done(runtime::with_deadline(mono_now() + patience, ask_down(loop, folder)));
  if (!asked) {
    if (!runtime::is_timeout(asked.error())) return asked.error();
    runtime::PidFile::signal_holder(pid_file(folder), SIGKILL);  // its launcher ends every tor
  }
  auto const released =
      loop.run_until_done(runtime::with_deadline(mono_now() + kAnswerLimit, await_release(folder)));
  if (!released)
    return Error{"the private network in " + folder.string() +
                 " does not end: " + released.error().message};
  return true;
}

}  // namespace perfd::testnet
