// What `perfd measure` measures through: a SOCKS proxy that runs, a tor of its own, or a
// private network of its own.
// Thread: the measuring loop's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/measurement.h"
#include "runtime/launcher.h"
#include "runtime/loop.h"

namespace perfd::app {

struct MeasureOptions {
  std::string url;
  std::string socks;
  std::string socks_version = "5";  // 4, 4a or 5
  std::string tor;
  std::vector<std::string> torrc;
  std::string torrc_file;
  bool testnet = false;
  std::string size;
  int count = 1;
  std::string timeout = "295s";
  bool json = false;
};

class MeasureTarget {
 public:
  using Told = std::function<void(std::string const& step)>;
  virtual ~MeasureTarget() = default;
  virtual runtime::Task<Result<>> prepare(Told told) = 0;
  virtual runtime::Task<model::Measurement> measure() = 0;
  virtual runtime::Task<> tidy_up() = 0;
};

// What is wrong with the choice of options, and what to write instead.
[[nodiscard]] std::optional<std::string> usage_error(MeasureOptions const& options);

// Errors: a value that can't be read, a binary that is missing.
[[nodiscard]] Result<std::unique_ptr<MeasureTarget>> make_target(runtime::Loop& loop,
                                                                 runtime::Launcher& launcher,
                                                                 MeasureOptions const& options);

}  // namespace perfd::app
