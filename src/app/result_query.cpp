#include "app/result_query.h"

#include <optional>
#include <utility>

#include "app/chosen_results.h"
#include "app/store_trouble.h"
#include "formats/json_writer.h"

namespace perfd::app {

// Open connections that nobody uses at the moment.
struct StoreQuery::Readers {
  explicit Readers(std::filesystem::path store) : path(std::move(store)) {}

  // Runs `question` with a reader of its own; one that failed is not used again.
  template <class Question>
  auto ask(Question const& question) -> decltype(question(std::declval<store::Reader&>())) {
    auto reader = take();
    if (!reader) {
      log_store_trouble(reader.error().message);
      return reader.error();
    }
    auto answer = question(*reader);
    if (!answer) {
      log_store_trouble(answer.error().message);
    } else {
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

namespace {

// How many records are looked at in one go on the pool where each must be parsed.
constexpr std::size_t kRecordsAtOnce = 200;

Result<web::ResultPage> page_of(store::Reader& reader, store::Filter const& columns,
                                model::Selection const& which, std::size_t max_rows) {
  auto rows = reader.page(columns, max_rows);
  if (!rows) return rows.error();
  web::ResultPage page;
  page.ended = rows->empty();
  for (auto& row : *rows) {
    page.last_seq = row.seq;
    if (record_is_selected(which, row.record))
      page.rows.push_back({row.seq, std::move(row.record)});
  }
  return page;
}

// The seq of the `count`th result by the columns alone; 0 where there are fewer.
Result<std::int64_t> nth(store::Reader& reader, store::Filter columns, std::size_t count) {
  columns.limit = count;
  std::int64_t oldest = 0;
  std::size_t seen = 0;
  auto const done = reader.for_each_brief(columns, [&](store::Brief const& brief) {
    oldest = brief.seq;
    ++seen;
    return true;
  });
  if (!done) return done.error();
  return seen < count ? std::int64_t{0} : oldest;
}

void optional_field(formats::JsonWriter& json, std::string_view name, std::optional<Micros> span) {
  json.key(name);
  if (span)
    json.value(span->count());
  else
    json.null();
}

// What /api/v1/events tells of a result.
std::string event_of(store::Brief const& brief) {
  std::string out;
  formats::JsonWriter json(out);
  json.begin_object();
  json.field("seq", brief.seq);
  json.field("id", brief.id);
  json.field("at", to_us(brief.at));
  json.field("source", brief.source);
  json.field("experiment", brief.experiment);
  json.field("arm", brief.arm);
  json.field("kind", model::name(brief.kind));
  json.field("target", brief.target);
  json.field("filesize", brief.filesize);
  json.field("outcome", brief.outcome);
  optional_field(json, "ttfb", brief.ttfb);
  optional_field(json, "ttlb", brief.ttlb);
  json.end_object();
  return out;
}

}  // namespace

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
  auto columns = to_store_filter(filter.which);
  columns.after_seq = after_seq;
  auto ask = [readers = readers_, columns, which = std::move(filter.which), max_rows] {
    return readers->ask(
        [&](store::Reader& reader) { return page_of(reader, columns, which, max_rows); });
  };
  co_return co_await pool_.run(loop_, std::move(ask));
}

runtime::Task<Result<std::int64_t>> StoreQuery::newest_from(web::ResultFilter filter,
                                                            std::size_t count) {
  auto columns = to_store_filter(filter.which);
  columns.newest_first = true;
  if (!filter.which.needs_record()) {
    auto ask = [readers = readers_, columns, count] {
      return readers->ask([&](store::Reader& reader) { return nth(reader, columns, count); });
    };
    co_return co_await pool_.run(loop_, std::move(ask));
  }
  // Page by page, so that a long way back leaves the pool to others in between.
  std::size_t seen = 0;
  for (;;) {
    auto ask = [readers = readers_, columns, which = filter.which] {
      return readers->ask(
          [&](store::Reader& reader) { return page_of(reader, columns, which, kRecordsAtOnce); });
    };
    auto const page = co_await pool_.run(loop_, std::move(ask));
    if (!page) co_return page.error();
    if (page->ended) co_return std::int64_t{0};
    for (auto const& row : page->rows)
      if (++seen == count) co_return row.seq;
    columns.before_seq = page->last_seq;
  }
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

runtime::Task<Result<std::int64_t>> StoreQuery::newest() {
  auto ask = [readers = readers_] {
    return readers->ask([](store::Reader& reader) -> Result<std::int64_t> {
      auto const version = reader.version();
      if (!version) return version.error();
      return version->last_seq;
    });
  };
  co_return co_await pool_.run(loop_, std::move(ask));
}

runtime::Task<Result<std::vector<web::api::NewResult>>> StoreQuery::behind(std::int64_t seq,
                                                                           std::size_t most) {
  using Events = std::vector<web::api::NewResult>;
  store::Filter filter;
  filter.after_seq = seq;
  filter.limit = most;
  auto ask = [readers = readers_, filter] {
    return readers->ask([&](store::Reader& reader) -> Result<Events> {
      Events events;
      auto const done = reader.for_each_brief(filter, [&](store::Brief const& brief) {
        events.push_back({brief.seq, event_of(brief)});
        return true;
      });
      if (!done) return done.error();
      return events;
    });
  };
  co_return co_await pool_.run(loop_, std::move(ask));
}

}  // namespace perfd::app
