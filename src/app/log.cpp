#include "app/log.h"

#include <spdlog/async.h>
#include <spdlog/details/file_helper.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>
#include <mutex>

#include "base/text.h"
#include "base/time_text.h"
#include "runtime/clock.h"

namespace perfd::app::log {
namespace {

std::string_view name(LogLevel level) {
  constexpr std::string_view kNames[] = {"debug", "info", "warning", "error"};
  return kNames[static_cast<std::size_t>(level)];
}

// A value is quoted where a space or an '=' would end it early.
std::string quote_value(std::string_view value) {
  auto const clean = printable(value, 1000);
  if (!clean.empty() && clean.find_first_of(" =") == std::string::npos) return clean;
  return "\"" + clean + "\"";
}

std::string line_of(LogLevel level, std::string_view event, std::initializer_list<Field> fields) {
  auto line = format_iso(runtime::wall_now()) + " " + std::string(name(level)) +
              " event=" + std::string(event);
  for (auto const& field : fields)
    line += " " + std::string(field.name) + "=" + quote_value(field.value);
  return line;
}

// A file that is opened anew by whoever writes to it, so that nobody else waits for the disk.
// The constructor throws spdlog_ex where it can't be opened. Where it can't be opened anew, it goes
// on with the one it had, and says so there.
class LogFile final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit LogFile(std::string path) : path_(std::move(path)), file_(opened()) {}
  // Before the next line, or the next flush. Thread: any.
  void reopen_soon() { moved_.store(true); }

 private:
  using Helper = spdlog::details::file_helper;
  [[nodiscard]] std::unique_ptr<Helper> opened() const {
    auto out = std::make_unique<Helper>();
    out->open(path_);
    return out;
  }
  void follow() {
    if (!moved_.exchange(false)) return;
    try {
      file_ = opened();
    } catch (spdlog::spdlog_ex const& e) {
      // Not through the queue: it may be full, and this is the thread that empties it.
      auto const line = line_of(LogLevel::error, "log-not-reopened", {{"what", e.what()}}) + "\n";
      spdlog::memory_buf_t text;
      text.append(line.data(), line.data() + line.size());
      file_->write(text);
    }
  }
  void sink_it_(spdlog::details::log_msg const& line) override {
    follow();
    spdlog::memory_buf_t text;
    formatter_->format(line, text);
    file_->write(text);
  }
  void flush_() override {
    follow();
    file_->flush();
  }

  std::string path_;
  std::unique_ptr<Helper> file_;
  std::atomic<bool> moved_{false};
};

struct State {
  std::mutex mutex;
  std::shared_ptr<spdlog::logger> logger;
  std::shared_ptr<LogFile> file;                         // none: standard error
  std::shared_ptr<spdlog::details::thread_pool> writer;  // once write_behind() was called
};

State& state() {
  static State instance;
  return instance;
}

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

void adopt(State& s, std::shared_ptr<spdlog::logger> logger, spdlog::level::level_enum level) {
  logger->set_level(level);
  logger->flush_on(spdlog::level::debug);
  s.logger = std::move(logger);
}

}  // namespace

Result<> set_up(LogLevel level, std::optional<std::filesystem::path> file) {
  auto& s = state();
  std::lock_guard const lock(s.mutex);
  // What is queued is written, by a thread that has ended before its files end.
  s.writer.reset();
  try {
    s.file = file ? std::make_shared<LogFile>(file->string()) : nullptr;
    spdlog::sink_ptr sink = s.file;
    if (!sink) sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto logger = std::make_shared<spdlog::logger>("perfd", std::move(sink));
    logger->set_pattern("%v");
    adopt(s, std::move(logger), level_of(level));
  } catch (spdlog::spdlog_ex const& e) {
    return Error{"can't open the log: " + std::string(e.what())};
  }
  return {};
}

void set_level(LogLevel level) {
  auto& s = state();
  std::lock_guard const lock(s.mutex);
  if (s.logger) s.logger->set_level(level_of(level));
}

void reopen() {
  std::shared_ptr<spdlog::logger> logger;
  {
    auto& s = state();
    std::lock_guard const lock(s.mutex);
    if (!s.file) return;
    s.file->reopen_soon();
    logger = s.logger;
  }
  // There may be no next line for hours.
  logger->flush();
}

void write_behind() {
  constexpr std::size_t kQueue = 8192;
  auto& s = state();
  std::lock_guard const lock(s.mutex);
  if (!s.logger || s.writer) return;
  s.writer = std::make_shared<spdlog::details::thread_pool>(kQueue, 1);
  auto const& sinks = s.logger->sinks();
  auto const level = s.logger->level();
  adopt(s, std::make_shared<spdlog::async_logger>("perfd", sinks.begin(), sinks.end(), s.writer),
        level);
}

void write(LogLevel level, std::string_view event, std::initializer_list<Field> fields) {
  std::shared_ptr<spdlog::logger> logger;
  {
    auto& s = state();
    std::lock_guard const lock(s.mutex);
    logger = s.logger;
  }
  if (!logger || !logger->should_log(level_of(level))) return;
  logger->log(level_of(level), line_of(level, event, fields));
}

}  // namespace perfd::app::log
