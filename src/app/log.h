// The log: one event a line, with fields.
//
//   2026-11-24T03:37:40.123456Z warning event=tor-down instance=default detail="exit code 1"
//
// Never give it a cookie, a password or a private key.
// Thread: any, after set_up.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/settings.h"

namespace perfd::app::log {

struct Field {
  std::string_view name;
  std::string value;
};

using config::LogLevel;

// To a file, which is appended to, or to standard error. Before write_behind() it may be called
// again.
Result<> set_up(LogLevel level, std::optional<std::filesystem::path> file);
void set_level(LogLevel level);
// The file is opened anew, after logrotate moved it away: by the writing thread, once there is one.
// Where that fails the log says so in the file that it had, and goes on with it.
void reopen();
// From now on a thread of its own writes, so that a slow disk does not hold up whoever logs: a mark
// could be late by as much. Starts that thread: call it after the last fork. What is queued at
// a regular exit is still written; a queue that is full (8192 lines) makes the caller wait.
void write_behind();

void write(LogLevel level, std::string_view event, std::initializer_list<Field> fields = {});

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(LogLevel::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(LogLevel::info, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(LogLevel::warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(LogLevel::error, event, fields);
}

}  // namespace perfd::app::log
