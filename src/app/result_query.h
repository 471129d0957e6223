// The web room's questions, answered from the store by a thread of the pool.
// Thread: the serving loop's; queries run on the pool, with one connection each at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/pool.h"
#include "store/reader.h"
#include "web/api/event_stream.h"
#include "web/query.h"

namespace perfd::app {

class StoreQuery final : public web::ResultQuery, public web::api::NewResults {
 public:
  StoreQuery(runtime::Loop& loop, runtime::Pool& pool, std::filesystem::path store);
  ~StoreQuery() override;

  runtime::Task<Result<web::ResultVersion>> version() override;
  runtime::Task<Result<web::ResultPage>> page(web::ResultFilter filter, std::int64_t after_seq,
                                              std::size_t max_rows) override;
  runtime::Task<Result<std::int64_t>> newest_from(web::ResultFilter filter,
                                                  std::size_t count) override;
  runtime::Task<Result<std::optional<web::RenderedResult>>> record(std::string id,
                                                                   web::Rendering render) override;
  runtime::Task<Result<std::int64_t>> newest() override;
  runtime::Task<Result<std::vector<web::api::NewResult>>> behind(std::int64_t seq,
                                                                 std::size_t most) override;

 private:
  struct Readers;
  runtime::Loop& loop_;
  runtime::Pool& pool_;
  std::shared_ptr<Readers> readers_;  // shared with functions that still run on the pool
};

}  // namespace perfd::app
