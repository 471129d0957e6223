#include "app/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <mutex>

#include "base/text.h"
#include "base/time_text.h"
#include "runtime/clock.h"

namespace perfd::app::log {
namespace {

struct State {
  std::mutex mutex;
  std::shared_ptr<spdlog::logger> logger;
  std::optional<std::filesystem::path> file;
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

Result<> open(State& s, spdlog::level::level_enum level) {
  try {
    spdlog::sink_ptr sink;
    if (s.file)
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(s.file->string());
    else
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    std::shared_ptr<spdlog::logger> logger;
    if (s.writer)
      logger = std::make_shared<spdlog::async_logger>("perfd", std::move(sink), s.writer);
    else
      logger = std::make_shared<spdlog::logger>("perfd", std::move(sink));
    logger->set_pattern("%v");
    logger->set_level(level);
    logger->flush_on(spdlog::level::debug);
    s.logger = std::move(logger);
  } catch (spdlog::spdlog_ex const& e) {
    return Error{"can't open the log: " + std::string(e.what())};
  }
  return {};
}

}  // namespace

Result<> set_up(LogLevel level, std::optional<std::filesystem::path> file) {
  auto& s = state();
  std::lock_guard const lock(s.mutex);
  s.file = std::move(file);
  return open(s, level_of(level));
}

void set_level(LogLevel level) {
  auto& s = state();
  std::lock_guard const lock(s.mutex);
  if (s.logger) s.logger->set_level(level_of(level));
}

Result<> reopen() {
  auto& s = state();
  std::lock_guard const lock(s.mutex);
  if (!s.file || !s.logger) return {};
  return open(s, s.logger->level());
}

void write_behind() {
  constexpr std::size_t kQueue = 8192;
  auto& s = state();
  std::lock_guard const lock(s.mutex);
  if (!s.logger || s.writer) return;
  s.writer = std::make_shared<spdlog::details::thread_pool>(kQueue, 1);
  auto const& sinks = s.logger->sinks();
  auto logger =
      std::make_shared<spdlog::async_logger>("perfd", sinks.begin(), sinks.end(), s.writer);
  logger->set_level(s.logger->level());
  logger->flush_on(spdlog::level::debug);
  s.logger = std::move(logger);
}

void write(LogLevel level, std::string_view event, std::initializer_list<Field> fields) {
  std::shared_ptr<spdlog::logger> logger;
  {
    auto& s = state();
    std::lock_guard const lock(s.mutex);
    logger = s.logger;
  }
  if (!logger || !logger->should_log(level_of(level))) return;
  auto line = format_iso(runtime::wall_now()) + " " + std::string(name(level)) +
              " event=" + std::string(event);
  for (auto const& field : fields)
    line += " " + std::string(field.name) + "=" + quote_value(field.value);
  logger->log(level_of(level), line);
}

}  // namespace perfd::app::log
