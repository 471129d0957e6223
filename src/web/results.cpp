#include "web/results.h"

#include <utility>

#include "formats/jsonl.h"
#include "formats/tpf.h"
#include "web/respond.h"

namespace perfd::web {
namespace {

// Enough rows that a page costs one query, few enough that it stays well under a megabyte.
constexpr std::size_t kPageRows = 100;

class ResultBody final : public Body {
 public:
  ResultBody(ResultQuery& query, ResultFilter filter, std::int64_t after_seq, bool tpf)
      : query_(query), filter_(std::move(filter)), after_seq_(after_seq), tpf_(tpf) {}

  runtime::Task<Result<std::string>> next() override {
    std::string piece;
    // A page may hold nothing, or nothing that .tpf can say; an empty piece would be the end.
    while (piece.empty() && !ended_) {
      auto const page = co_await query_.page(filter_, after_seq_, kPageRows);
      if (!page) co_return page.error();
      ended_ = page->ended;
      after_seq_ = page->last_seq;
      for (auto const& row : page->rows)
        if (auto error = append(piece, row.json_line)) co_return *error;
    }
    co_return success(std::move(piece));
  }

 private:
  std::optional<Error> append(std::string& piece, std::string const& line) const {
    if (!tpf_) {
      piece += line;
      piece += '\n';
      return std::nullopt;
    }
    auto const measurement = formats::from_json_line(line);
    if (!measurement) return measurement.error();
    formats::append_tpf(piece, *measurement);
    return std::nullopt;
  }

  ResultQuery& query_;
  ResultFilter filter_;
  std::int64_t after_seq_;
  bool tpf_;
  bool ended_ = false;
};

}  // namespace

runtime::Task<std::optional<Response>> Results::answer(Request const& request) {
  if (request.path == "/results.jsonl") co_return co_await stream(request, false);
  if (request.path == "/results.tpf") co_return co_await stream(request, true);
  co_return co_await record_.answer(request);
}

runtime::Task<Response> Results::stream(Request const& request, bool tpf) {
  auto const filter = parse_result_filter(request.query);
  if (!filter) co_return text_response(400, filter.error().message + "\n");
  auto const version = co_await query_.version();
  if (!version) co_return text_response(503, public_words(version.error()) + "\n");

  auto const etag = "\"" + version->token + (tpf ? "-tpf\"" : "-jsonl\"");
  Response out;
  out.fields = {{"ETag", etag},
                {"Last-Modified", http_date(version->modified_at)},
                {"Cache-Control", "no-cache"},
                {"Access-Control-Allow-Origin", "*"}};
  if (is_fresh(request, etag, version->modified_at)) {
    out.status = 304;
    co_return out;
  }
  std::int64_t after_seq = 0;
  if (filter->limit) {
    auto const oldest = co_await query_.newest_from(*filter, *filter->limit);
    if (!oldest) co_return text_response(503, public_words(oldest.error()) + "\n");
    after_seq = *oldest > 0 ? *oldest - 1 : 0;
  }
  out.fields.emplace_back("Content-Type",
                          tpf ? "text/plain; charset=utf-8" : "application/x-ndjson");
  if (request.head)
    out.body = std::string();
  else
    out.body = std::make_unique<ResultBody>(query_, *filter, after_seq, tpf);
  co_return out;
}

}  // namespace perfd::web
