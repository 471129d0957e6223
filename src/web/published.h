// What the web room wants to know of published files, asked of whoever keeps them.
// Implemented by app over the folder. Thread: called on the serving loop; does not block it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "runtime/task.h"
#include "web/http.h"

namespace perfd::web {

struct PublishedFile {
  std::string name;  // letters, digits, '.', '_' and '-'
  std::uint64_t size = 0;
  WallTime modified_at{};
};

struct OpenFile {
  std::uint64_t size = 0;
  WallTime modified_at{};
  std::unique_ptr<Body> body;  // of `size` bytes; may be left unread
};

class PublishedFiles {
 public:
  virtual ~PublishedFiles() = default;
  // The sources that have files, by name.
  virtual runtime::Task<Result<std::vector<std::string>>> sources() = 0;
  // By name. None of a source that is not there, whatever its name.
  virtual runtime::Task<Result<std::vector<PublishedFile>>> files(std::string source) = 0;
  // Nothing where no such file is published. Both names come from the network, as they are.
  virtual runtime::Task<Result<std::optional<OpenFile>>> open(std::string source,
                                                              std::string name) = 0;
};

}  // namespace perfd::web
