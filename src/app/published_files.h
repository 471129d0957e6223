// The web room's questions about published files, answered from the folder by a thread of the pool.
// Thread: the serving loop's; the disk is read on the pool.
#pragma once

#include <filesystem>

#include "runtime/pool.h"
#include "web/published.h"

namespace perfd::app {

class FolderFiles final : public web::PublishedFiles {
 public:
  FolderFiles(runtime::Loop& loop, runtime::Pool& pool, std::filesystem::path folder);

  runtime::Task<Result<std::vector<std::string>>> sources() override;
  runtime::Task<Result<std::vector<web::PublishedFile>>> files(std::string source) override;
  runtime::Task<Result<std::optional<web::OpenFile>>> open(std::string source,
                                                           std::string name) override;

 private:
  runtime::Loop& loop_;
  runtime::Pool& pool_;
  std::filesystem::path folder_;
};

}  // namespace perfd::app
