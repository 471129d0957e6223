// What a user is told while files of results are read: problems, and how far it is.
// Thread: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "app/print.h"
#include "import/sink.h"

namespace perfd::app {

class ImportTalk : public import::Sink {
 public:
  ~ImportTalk() override { progress_.clear(); }

  void problem(std::string const& place, std::string const& reason) final;
  void progress(std::int64_t done, std::int64_t all) final;

 private:
  Progress progress_;
  std::size_t problems_ = 0;
  std::int64_t shown_ = -1;
};

// "1 file", "2 files"
[[nodiscard]] std::string counted(std::size_t count, std::string const& one);

}  // namespace perfd::app
