#include "store/by_time.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <utility>

#include "formats/jsonl.h"
#include "store/database.h"
#include "store/figures_row.h"
#include "store/time_limit.h"
#include "store/where.h"

namespace perfd::store {
namespace {

// The first twelve are those of kSelectFigures, which read_figures_row reads.
constexpr char const* kColumns =
    "SELECT m.seq, m.id, m.source, m.experiment, m.kind, m.target, m.arm, m.outcome, "
    "m.scheduled_at, m.started_at, m.filesize, m.figures, m.at, m.instance, m.ttfb_us, m.ttlb_us";
constexpr int kRecordColumn = 16;

std::optional<Micros> micros_of(SQLite::Column const& column) {
  return column.isNull() ? std::nullopt : std::optional(Micros{column.getInt64()});
}

void read_brief(SQLite::Statement& row, Brief& out) {
  out.seq = row.getColumn(0).getInt64();
  out.id = text_of(row.getColumn(1));
  out.source = text_of(row.getColumn(2));
  out.experiment = text_of(row.getColumn(3));
  out.kind = model::kind_from(text_of(row.getColumn(4))).value_or(model::Kind::download);
  out.target = text_of(row.getColumn(5));
  out.arm = text_of(row.getColumn(6));
  out.outcome = text_of(row.getColumn(7));
  out.filesize = row.getColumn(10).getInt64();
  out.at = wall_from_us(row.getColumn(12).getInt64());
  out.instance = text_of(row.getColumn(13));
  out.ttfb = micros_of(row.getColumn(14));
  out.ttlb = micros_of(row.getColumn(15));
}

std::string query_of(ByTime::Page const& page, bool with_record, Where& where) {
  auto const& filter = page.filter;
  // Of the other columns' indexes none is in the order of time.
  std::string const index =
      filter.experiments.size() == 1 ? "measurements_experiment_at" : "measurements_at";
  if (filter.since) where.add("m.at >= ?", to_us(*filter.since));
  if (filter.until) where.add("m.at < ?", to_us(*filter.until));
  if (page.behind) {
    std::string const than = page.oldest_first ? ">" : "<";
    where.add("m.at " + than + "= ?", to_us(page.behind->at));
    where.add("(m.at " + than + " ?", to_us(page.behind->at));
    where.sql += " OR m.seq " + than + " ?)";
    where.values.emplace_back(page.behind->seq);
  }
  add_columns(where, filter);
  std::string const order = page.oldest_first ? "" : " DESC";
  return std::string(kColumns) + (with_record ? ", r.record" : "") +
         " FROM measurements m INDEXED BY " + index +
         (with_record ? " CROSS JOIN records r ON r.seq = m.seq" : "") + " WHERE " + where.sql +
         " ORDER BY m.at" + order + ", m.seq" + order + " LIMIT " + std::to_string(page.most);
}

}  // namespace

struct ByTime::Impl {
  std::filesystem::path path;
  SQLite::Database database;
  Nanos limit;
  // Of the last count: up to which number, with how many deleted until then.
  std::int64_t counted_to = 0;
  std::int64_t counted_deleted = -1;
  std::int64_t counted = 0;

  std::int64_t number(std::string const& sql) { return database.execAndGet(sql).getInt64(); }

  // Numbers alone don't tell: a result that is recorded again takes one, too, and is not kept.
  std::int64_t count() {
    auto const deleted = number("SELECT value FROM meta WHERE key = 'deleted'");
    auto const last = number("SELECT ifnull((SELECT max(seq) FROM measurements), 0)");
    if (deleted != counted_deleted) {
      counted = number("SELECT count(*) FROM measurements");
      counted_deleted = deleted;
    } else if (last > counted_to) {
      counted +=
          number("SELECT count(*) FROM measurements WHERE seq > " + std::to_string(counted_to));
    }
    counted_to = last;
    return counted;
  }

  template <class Each>
  Result<std::size_t> walk(Page const& page, bool with_record, Each each) {
    try {
      Where where;
      auto const sql = query_of(page, with_record, where);
      TimeLimit const limited(database, limit);
      SQLite::Statement query(database, sql);
      where.bind_to(query);
      std::size_t count = 0;
      Brief brief;
      while (query.executeStep()) {
        read_brief(query, brief);
        ++count;
        if (!each(query, brief)) break;
      }
      return count;
    } catch (SQLite::Exception const& failure) {
      return explain(path, failure);
    }
  }
};

ByTime::ByTime(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ByTime::~ByTime() = default;
ByTime::ByTime(ByTime&&) noexcept = default;
ByTime& ByTime::operator=(ByTime&&) noexcept = default;

Result<ByTime> ByTime::open(std::filesystem::path const& path, Nanos limit) {
  auto database = open_for_reading(path);
  if (!database) return database.error();
  return ByTime(std::unique_ptr<Impl>(new Impl{path, std::move(*database), limit}));
}

Result<std::size_t> ByTime::briefs(Page const& page,
                                   std::function<bool(Brief const&)> const& each) {
  return impl_->walk(page, false,
                     [&](SQLite::Statement&, Brief const& brief) { return each(brief); });
}

Result<std::size_t> ByTime::figures(
    Page const& page, std::function<bool(Brief const&, model::Measurement*)> const& each) {
  std::optional<SQLite::Statement> find_record;
  model::Measurement measurement;
  return impl_->walk(page, false, [&](SQLite::Statement& row, Brief const& brief) {
    if (read_figures_row(row, measurement)) return each(brief, &measurement);
    // Written before there were figures.
    if (!find_record)
      find_record.emplace(impl_->database, "SELECT record FROM records WHERE seq = ?");
    find_record->reset();
    find_record->bind(1, brief.seq);
    if (!find_record->executeStep()) return each(brief, nullptr);
    auto whole = formats::from_json_line(text_of(find_record->getColumn(0)));
    return each(brief, whole ? &*whole : nullptr);
  });
}

Result<std::size_t> ByTime::records(
    Page const& page, std::function<bool(Brief const&, std::string const&)> const& each) {
  return impl_->walk(page, true, [&](SQLite::Statement& row, Brief const& brief) {
    return each(brief, row.getColumn(kRecordColumn).getString());
  });
}

Result<Extent> ByTime::extent() {
  try {
    Extent out;
    SQLite::Transaction const same_moment(impl_->database);
    out.measurements = impl_->count();
    SQLite::Statement find(
        impl_->database,
        "SELECT (SELECT min(at) FROM measurements), (SELECT max(at) FROM measurements),"
        " (SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size())");
    find.executeStep();
    if (!find.getColumn(0).isNull()) out.oldest = wall_from_us(find.getColumn(0).getInt64());
    if (!find.getColumn(1).isNull()) out.newest = wall_from_us(find.getColumn(1).getInt64());
    out.bytes = find.getColumn(2).getInt64();
    return out;
  } catch (SQLite::Exception const& failure) {
    return explain(impl_->path, failure);
  }
}

}  // namespace perfd::store
