#include "tor/process.h"

#include <unistd.h>

#include "base/text.h"
#include "runtime/clock.h"
#include "runtime/deadline.h"
#include "runtime/files.h"

namespace perfd::tor {

using runtime::Task;

namespace {

constexpr auto kRetry = std::chrono::milliseconds(20);
// What a process that ended has still in its pipe comes at once.
constexpr auto kLastOutput = std::chrono::milliseconds(300);
constexpr std::size_t kPortFileLimit = 4096;

}  // namespace

Process::Process(runtime::Loop& loop, ProcessSettings settings)
    : loop_(loop),
      settings_(std::move(settings)),
      place_(ControlPlace::in(settings_.data_folder)),
      output_ended_(loop.context()),
      ended_(loop.context()),
      tasks_(loop) {}

std::optional<pid_t> Process::pid() const {
  return running() ? std::optional(child_->pid()) : std::nullopt;
}

Task<Result<>> Process::launch(runtime::Launcher& launcher, LineHandler on_line) {
  auto const& folder = settings_.data_folder;
  if (auto made = runtime::make_folder(folder, 0700); made.has_error()) co_return made.error();
  // What an earlier process left would be taken for this one's.
  std::error_code ignored;
  for (auto const* old : {"control", "control.port", "control_auth_cookie"})
    std::filesystem::remove(folder / old, ignored);
  auto const torrc = folder / "torrc";
  auto const defaults = folder / "torrc-defaults";
  if (auto written = runtime::write_file(torrc, make_torrc(settings_, place_, ::getpid()), 0600);
      written.has_error())
    co_return written.error();
  // The distribution's defaults would set a user, ports and more.
  if (auto written = runtime::write_file(defaults, "", 0600); written.has_error())
    co_return written.error();

  runtime::ChildSpec spec;
  spec.program = settings_.binary;
  spec.arguments = {"--defaults-torrc", defaults.string(), "-f", torrc.string()};
  spec.folder = folder;
  auto child = co_await launcher.start(std::move(spec));
  if (child.has_error()) co_return child.error();
  child_.emplace(std::move(*child));
  tasks_.spawn("output of tor", read_output(std::move(on_line)));
  tasks_.spawn("watch of tor", watch());
  co_return Result<>{};
}

Task<> Process::read_output(LineHandler on_line) {
  runtime::LineReader lines(child_->output());
  while (auto line = co_await lines.next()) {
    if (on_line) on_line(*line);
    last_words_.add(std::move(*line));
  }
  output_ended_.set();
}

Task<> Process::watch() {
  status_ = co_await child_->wait();
  co_await output_ended_.wait_until(runtime::mono_now() + kLastOutput);
  ended_.set();
}

std::string Process::obituary() const {
  return "tor ended: " + (status_ ? status_->text() : "unknown") +
         last_words_.clause("; it logged nothing");
}

Result<runtime::Address> Process::control_address() const {
  if (!place_.unix_socket.empty()) return runtime::Address::unix_path(place_.unix_socket.native());
  auto const text = runtime::read_file(place_.port_file, kPortFileLimit);
  if (text.has_error()) return text.error();
  if (auto const address = parse_port_file(*text)) return *address;
  return Error{place_.port_file.string() + " names no port"};
}

Task<Result<ControlConnection>> Process::connect(runtime::TaskGroup& tasks, MonoTime deadline) {
  Credentials credentials;
  credentials.cookie_file = settings_.data_folder / "control_auth_cookie";
  Error last = runtime::deadline_passed("connect to the control port");
  ControlConnection connection;
  while (!connection.connected()) {
    if (ended_.is_set()) co_return Error{obituary()};
    if (runtime::mono_now() >= deadline)
      co_return Error{"tor did not answer on its control port in time (" + last.message + ")" +
                          last_words_.clause(""),
                      last.code};
    if (auto const address = control_address()) {
      auto opened = co_await ControlConnection::open(loop_, tasks, *address, credentials, deadline);
      if (opened) {
        connection = std::move(*opened);
        break;
      }
      last = opened.error();
    } else {
      last = address.error();
    }
    co_await ended_.wait_until(runtime::mono_now() + kRetry);
  }
  // From now on tor ends with this connection; looking for perfd's process id, which takes
  // tor up to 15 s, is not needed any more.
  auto const owned = co_await connection.takeownership();
  if (owned.has_error()) co_return owned.error();
  ControlConnection::ConfigEntries entries;
  entries.push_back({"__OwningControllerProcess", std::nullopt});
  auto const reset = co_await connection.resetconf(std::move(entries));
  if (reset.has_error()) co_return reset.error();
  co_return std::move(connection);
}

Task<> Process::stop(Nanos grace) {
  if (running()) co_await child_->terminate(grace);
  co_await tasks_.stop();
}

}  // namespace perfd::tor
