#include "app/result_query.h"

#include <optional>
#include <utility>

namespace perfd::app {

// Open connections that nobody uses at the moment.
struct StoreQuery::Readers {
  explicit Readers(std::filesystem::path store) : path(std::move(store)) {}

  // Runs `question` with a reader of its own; one that failed is not used again.
  template <class Question>
  auto ask(Question const& question) -> decltype(question(std::declval<store::Reader&>())) {
    auto reader = take();
    if (!reader) return reader.error();
    auto answer = question(*reader);
    if (answer) {
      std::lock_guard const lock(mutex);
      idle.push_back(std::move(*reader));
    }
    return answer;
  }

 private:
  Result<store::Reader> take() {
    {
      std::lock_guard const lock(mutex);
      if (!idle.empty()) {
        auto reader = std::move(idle.back());
        idle.pop_back();
        return reader;
      }
    }
    return store::Reader::open(path);
  }

  std::filesystem::path path;
  std::mutex mutex;
  std::vector<store::Reader> idle;
};

StoreQuery::StoreQuery(runtime::Loop& loop, runtime::Pool& pool, std::filesystem::path store)
    : loop_(loop), pool_(pool), readers_(std::make_shared<Readers>(std::move(store))) {}

StoreQuery::~StoreQuery() = default;

store::Filter to_store_filter(web::ResultFilter const& filter) {
  store::Filter out;
  out.since = filter.since;
  out.until = filter.until;
  out.experiments = filter.experiments;
  out.outcomes = filter.outcomes;
  return out;
}

// The functions for the pool are named: GCC 12 destroys the captures of a lambda that stands
// inside a co_await expression twice.

runtime::Task<Result<web::ResultVersion>> StoreQuery::version() {
  auto ask = [readers = readers_] {
    return readers->ask([](store::Reader& reader) -> Result<web::ResultVersion> {
      auto const version = reader.version();
      if (!version) return version.error();
      return web::ResultVersion{version->token(), version->modified_at};
    });
  };
  co_return co_await pool_.run(loop_, std::move(ask));
}

runtime::Task<Result<web::ResultPage>> StoreQuery::page(web::ResultFilter filter,
                                                        std::int64_t after_seq,
                                                        std::size_t max_rows) {
  auto stored = to_store_filter(filter);
  stored.after_seq = after_seq;
  auto ask = [readers = readers_, stored, max_rows] {
    return readers->ask([&](store::Reader& reader) -> Result<web::ResultPage> {
      auto rows = reader.page(stored, max_rows);
      if (!rows) return rows.error();
      web::ResultPage page;
      for (auto& row : *rows) page.rows.push_back({row.seq, std::move(row.record)});
      return page;
    });
  };
  co_return co_await pool_.run(loop_, std::move(ask));
}

runtime::Task<Result<std::int64_t>> StoreQuery::newest_from(web::ResultFilter filter,
                                                            std::size_t count) {
  auto stored = to_store_filter(filter);
  stored.newest_first = true;
  stored.limit = count;
  auto ask = [readers = readers_, stored, count] {
    return readers->ask([&](store::Reader& reader) -> Result<std::int64_t> {
      std::int64_t oldest = 0;
      std::size_t seen = 0;
      auto const done = reader.for_each_brief(stored, [&](store::Brief const& brief) {
        oldest = brief.seq;
        ++seen;
        return true;
      });
      if (!done) return done.error();
      return seen < count ? std::int64_t{0} : oldest;
    });
  };
  co_return co_await pool_.run(loop_, std::move(ask));
}

runtime::Task<Result<std::optional<web::RenderedResult>>> StoreQuery::record(
    std::string id, web::Rendering render) {
  using Rendered = std::optional<web::RenderedResult>;
  auto ask = [readers = readers_, id = std::move(id), render] {
    auto row = readers->ask([&](store::Reader& reader) { return reader.by_id(id); });
    if (!row) return Result<Rendered>(row.error());
    if (!*row) return Result<Rendered>(Rendered{});
    auto text = render((*row)->record);
    if (!text) return Result<Rendered>(text.error());
    return Result<Rendered>(web::RenderedResult{std::move(*text), (*row)->recorded_at});
  };
  co_return co_await pool_.run(loop_, std::move(ask));
}

}  // namespace perfd::app
