// The lines of several logs, one file after the other, as if they had never been rotated.
// Owner: whoever reads. Thread: one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "import/file_list.h"
#include "import/input.h"
#include "import/lines.h"
#include "import/progress.h"
#include "import/sink.h"

namespace perfd::import {

class LogSequence {
 public:
  // Files that can't be read are told to the sink, and the next one is read.
  LogSequence(std::vector<FileToRead> files, Sink& sink, Progress& progress);

  // The next line, valid until the next call; nothing at the end of the last file.
  [[nodiscard]] std::optional<std::string_view> next();
  // "FILE:LINE" of that line.
  [[nodiscard]] std::string place() const;
  [[nodiscard]] std::string const& file() const { return files_[at_].place; }

 private:
  bool open_next();

  std::vector<FileToRead> files_;
  Sink& sink_;
  Progress& progress_;
  std::size_t at_ = 0;
  bool opened_ = false;
  std::unique_ptr<Input> input_;
  std::optional<Lines> lines_;
};

}  // namespace perfd::import
