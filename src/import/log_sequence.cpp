#include "import/log_sequence.h"

#include <utility>

namespace perfd::import {

LogSequence::LogSequence(std::vector<FileToRead> files, Sink& sink, Progress& progress)
    : files_(std::move(files)), sink_(sink), progress_(progress) {}

bool LogSequence::open_next() {
  while (true) {
    if (std::exchange(opened_, true)) ++at_;
    if (at_ >= files_.size()) return false;
    auto const& file = files_[at_];
    auto input = Input::open(file.path);
    auto entry = input ? (*input)->next() : Result<std::optional<std::string>>(input.error());
    if (entry && *entry) {
      input_ = std::move(*input);
      lines_.emplace([this] { return input_->read(); });
      return true;
    }
    if (!entry) sink_.problem(file.place, entry.error().message);
  }
}

std::optional<std::string_view> LogSequence::next() {
  while (lines_ || open_next()) {
    auto const line = lines_->next();
    if (line && *line) {
      if (lines_->number() % 4096 == 0 && !files_[at_].unpacked)
        progress_.within(input_->consumed());
      if (!lines_->too_long()) return *line;
      sink_.problem(place(), "a line of more than " + std::to_string(kLongestLine) + " bytes");
      continue;
    }
    if (!line) sink_.problem(place(), line.error().message);
    if (!files_[at_].unpacked) progress_.finished(input_->consumed());
    lines_.reset();
    input_.reset();
  }
  return std::nullopt;
}

std::string LogSequence::place() const {
  return file() + ":" + std::to_string(lines_ ? lines_->number() : 0);
}

}  // namespace perfd::import
