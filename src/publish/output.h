// Where results are written: standard output, a file, or a compressed file by its name's end (.xz,
// .gz).
// Thread: one.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct archive;

namespace perfd::publish {

class Output {
 public:
  // An empty path is standard output. `level` is that of the compression, 0 to 9; without one it is
  // the usual one. The error says what is wrong with the path.
  [[nodiscard]] static Result<std::unique_ptr<Output>> open(
      std::string const& path, std::optional<int> level = std::nullopt);
  ~Output();
  Output(Output const&) = delete;
  Output& operator=(Output const&) = delete;

  // An error is a full disk or a closed pipe.
  [[nodiscard]] Result<void> write(std::string_view text);
  // Everything is written; without it a file is cut.
  [[nodiscard]] Result<void> close();

 private:
  Output() = default;
  [[nodiscard]] Result<void> compress_to(std::string const& path, std::optional<int> level);

  std::FILE* file_ = nullptr;
  ::archive* compressed_ = nullptr;
};

}  // namespace perfd::publish
