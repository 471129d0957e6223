#include "store/reader.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "formats/jsonl.h"
#include "store/database.h"
#include "store/figures_row.h"
#include "store/where.h"

namespace perfd::store {
namespace {

constexpr std::size_t kPage = 200;

std::optional<Micros> span_of(SQLite::Column const& column) {
  return column.isNull() ? std::nullopt : std::optional(Micros{column.getInt64()});
}

Row row_of(SQLite::Statement& statement) {
  return Row{statement.getColumn(0).getInt64(), wall_from_us(statement.getColumn(1).getInt64()),
             statement.getColumn(2).getString()};
}

Brief brief_of(SQLite::Statement& s) {
  Brief brief;
  brief.seq = s.getColumn(0).getInt64();
  brief.id = s.getColumn(1).getString();
  brief.source = s.getColumn(2).getString();
  brief.experiment = s.getColumn(3).getString();
  brief.kind = model::kind_from(s.getColumn(4).getString()).value_or(model::Kind::download);
  brief.target = s.getColumn(5).getString();
  brief.arm = s.getColumn(6).getString();
  brief.instance = s.getColumn(7).getString();
  brief.outcome = s.getColumn(8).getString();
  brief.at = wall_from_us(s.getColumn(9).getInt64());
  brief.filesize = s.getColumn(10).getInt64();
  brief.ttfb = span_of(s.getColumn(11));
  brief.ttlb = span_of(s.getColumn(12));
  return brief;
}

constexpr char const* kRow =
    "SELECT m.seq, m.recorded_at, r.record FROM measurements m JOIN records r ON r.seq = m.seq";
constexpr char const* kBrief =
    "SELECT m.seq, m.id, m.source, m.experiment, m.kind, m.target, m.arm, m.instance, m.outcome, "
    "m.at, m.filesize, m.ttfb_us, m.ttlb_us FROM measurements m";

}  // namespace

struct Reader::Impl {
  std::filesystem::path path;
  SQLite::Database database;

  // `work`'s value, with SQLite's failures turned into errors.
  template <class Work>
  auto guarded(Work work) -> Result<decltype(work())> {
    try {
      return work();
    } catch (SQLite::Exception const& failure) {
      return explain(path, failure);
    }
  }

  std::int64_t number(std::string const& sql) { return database.execAndGet(sql).getInt64(); }

  // Where the walk begins when the caller has no cursor yet: a look into the index of
  // times spares reading all that is older (or newer).
  std::optional<std::int64_t> edge(char const* function, char const* condition, WallTime time) {
    SQLite::Statement find(database, std::string("SELECT ") + function +
                                         "(seq) FROM measurements WHERE at " + condition + " ?");
    find.bind(1, to_us(time));
    find.executeStep();
    if (find.getColumn(0).isNull()) return std::nullopt;
    return find.getColumn(0).getInt64();
  }

  // The numbers of the first and the last row between two times, by the index alone, so that a
  // walk over one day of many years reads that day. Nothing where there is none.
  std::optional<std::pair<std::int64_t, std::int64_t>> between(std::string const& table,
                                                               std::string const& time,
                                                               WallTime since, WallTime until) {
    SQLite::Statement find(database, "SELECT min(rowid), max(rowid) FROM " + table + " WHERE " +
                                         time + " >= ? AND " + time + " < ?");
    find.bind(1, to_us(since));
    find.bind(2, to_us(until));
    find.executeStep();
    if (find.getColumn(0).isNull()) return std::nullopt;
    return std::pair(find.getColumn(0).getInt64(), find.getColumn(1).getInt64());
  }

  // Nothing if the edges show that no row can match.
  std::optional<Where> where(Filter const& filter) {
    Where where;
    auto after = filter.after_seq;
    auto before = filter.before_seq;
    if (filter.since && !filter.newest_first && after == 0) {
      auto const first = edge("min", ">=", *filter.since);
      if (!first) return std::nullopt;
      after = *first - 1;
    }
    if (filter.until && filter.newest_first && before == 0) {
      auto const last = edge("max", "<", *filter.until);
      if (!last) return std::nullopt;
      before = *last + 1;
    }
    if (after > 0) where.add("m.seq > ?", after);
    if (before > 0) where.add("m.seq < ?", before);
    if (filter.since) where.add("+m.at >= ?", to_us(*filter.since));
    if (filter.until) where.add("+m.at < ?", to_us(*filter.until));
    add_columns(where, filter);
    return where;
  }

  // each(statement) for the first so many rows that the filter lets through, while it is true.
  template <class Each>
  void each_row(char const* select, Filter const& filter, std::size_t most, Each each) {
    auto const conditions = most == 0 ? std::nullopt : where(filter);
    if (!conditions) return;
    SQLite::Statement query(database, std::string(select) + " WHERE " + conditions->sql +
                                          " ORDER BY m.seq " + (filter.newest_first ? "DESC" : "") +
                                          " LIMIT " + std::to_string(most));
    conditions->bind_to(query);
    while (query.executeStep())
      if (!each(query)) return;
  }

  template <class Item>
  std::vector<Item> page(char const* select, Filter const& filter, std::size_t most,
                         Item (*read)(SQLite::Statement&)) {
    std::vector<Item> items;
    each_row(select, filter, most, [&](SQLite::Statement& row) {
      items.push_back(read(row));
      return true;
    });
    return items;
  }

  // The bounds of a time on both ends as bounds of numbers. False where no row is between.
  bool narrow(Filter& filter) {
    if (!filter.since || !filter.until || filter.newest_first || filter.before_seq != 0)
      return true;
    auto const rows = between("measurements", "at", *filter.since, *filter.until);
    if (!rows) return false;
    filter.after_seq = std::max(filter.after_seq, rows->first - 1);
    filter.before_seq = rows->second + 1;
    return true;
  }

  template <class Item>
  Result<std::size_t> walk(char const* select, Filter filter, Item (*read)(SQLite::Statement&),
                           std::function<bool(Item const&)> const& each) {
    std::size_t count = 0;
    auto const some = guarded([&] { return narrow(filter); });
    if (!some) return some.error();
    if (!*some) return count;
    for (;;) {
      auto const left = filter.limit ? *filter.limit - count : kPage;
      auto const items = guarded([&] { return page(select, filter, std::min(left, kPage), read); });
      if (!items) return items.error();
      for (auto const& item : *items) {
        ++count;
        if (!each(item)) return count;
      }
      if (items->empty()) return count;
      (filter.newest_first ? filter.before_seq : filter.after_seq) = items->back().seq;
    }
  }

  // The rows of circuits, streams or raw events, page by page in the order of writing.
  template <class Item>
  Result<std::size_t> walk_events(char const* table, char const* columns, char const* time,
                                  EventFilter const& filter,
                                  Result<Item> (*read)(SQLite::Statement&),
                                  std::function<bool(Item const&)> const& each) {
    std::int64_t cursor = 0;
    std::int64_t last = std::numeric_limits<std::int64_t>::max();
    std::size_t count = 0;
    if (filter.since && filter.until) {
      auto const rows = guarded([&] { return between(table, time, *filter.since, *filter.until); });
      if (!rows) return rows.error();
      if (!*rows) return count;
      cursor = (*rows)->first - 1;
      last = (*rows)->second;
    }
    for (;;) {
      auto const left = filter.limit ? *filter.limit - count : kPage;
      std::vector<Item> items;
      auto const rows = guarded([&]() -> std::size_t {
        Where conditions;
        conditions.add("rowid > ?", cursor);
        conditions.add("rowid <= ?", last);
        if (!filter.instance.empty()) conditions.add("+instance = ?", filter.instance);
        if (filter.tor_run)
          conditions.add("+tor_run = ?", static_cast<std::int64_t>(*filter.tor_run));
        if (filter.since) conditions.add(std::string("+") + time + " >= ?", to_us(*filter.since));
        if (filter.until) conditions.add(std::string("+") + time + " < ?", to_us(*filter.until));
        if (filter.closed_since) conditions.add("closed_at >= ?", to_us(*filter.closed_since));
        if (filter.closed_until) conditions.add("closed_at < ?", to_us(*filter.closed_until));
        SQLite::Statement query(database, std::string("SELECT rowid, ") + columns + " FROM " +
                                              table + " WHERE " + conditions.sql +
                                              " ORDER BY rowid LIMIT " +
                                              std::to_string(std::min(left, kPage)));
        conditions.bind_to(query);
        std::size_t seen = 0;
        for (; query.executeStep(); ++seen) {
          cursor = query.getColumn(0).getInt64();
          if (auto item = read(query)) items.push_back(std::move(*item));
        }
        return seen;
      });
      if (!rows) return rows.error();
      for (auto const& item : items) {
        ++count;
        if (!each(item)) return count;
      }
      if (*rows == 0) return count;
    }
  }
};

std::string Version::token() const {
  return std::to_string(created_us) + "-" + std::to_string(last_seq) + "-" +
         std::to_string(deleted);
}

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

Result<Reader> Reader::open(std::filesystem::path const& path) {
  auto database = open_for_reading(path);
  if (!database) return database.error();
  return Reader(std::unique_ptr<Impl>(new Impl{path, std::move(*database)}));
}

Result<std::vector<Row>> Reader::page(Filter const& filter, std::size_t max_rows) {
  return impl_->guarded([&] {
    auto const most = filter.limit ? std::min(*filter.limit, max_rows) : max_rows;
    return impl_->page(kRow, filter, most, row_of);
  });
}

Result<std::size_t> Reader::for_each(Filter const& filter,
                                     std::function<bool(Row const&)> const& each) {
  return impl_->walk(kRow, filter, row_of, each);
}

Result<std::size_t> Reader::for_each_brief(Filter const& filter,
                                           std::function<bool(Brief const&)> const& each) {
  return impl_->walk(kBrief, filter, brief_of, each);
}

Result<std::size_t> Reader::for_each_figures(
    Filter const& filter, std::function<bool(model::Measurement const&)> const& each,
    std::function<void(std::int64_t, Error const&)> const& broken) {
  return impl_->guarded([&]() -> std::size_t {
    auto rest = filter;
    if (!impl_->narrow(rest)) return 0;
    FiguresRows figures(impl_->database);
    std::size_t rows = 0;
    std::size_t given = 0;
    bool more = true;
    auto const row = [&](SQLite::Statement& statement) {
      ++rows;
      auto const seq = statement.getColumn(0).getInt64();
      (rest.newest_first ? rest.before_seq : rest.after_seq) = seq;
      if (auto const measurement = figures.read(statement)) {
        ++given;
        more = each(**measurement);
      } else {
        broken(seq, measurement.error());
      }
      return more;
    };
    while (more) {
      auto const before = rows;
      auto const left = rest.limit ? *rest.limit - rows : kFiguresPage;
      impl_->each_row(kSelectFigures, rest, std::min(left, kFiguresPage), row);
      if (rows == before) break;
    }
    return given;
  });
}

Result<std::optional<SeqRange>> Reader::range_of(Filter const& filter) {
  return impl_->guarded([&]() -> std::optional<SeqRange> {
    auto bounds = filter;
    bounds.newest_first = false;
    if (!impl_->narrow(bounds)) return std::nullopt;
    SQLite::Statement find(impl_->database,
                           "SELECT (SELECT min(seq) FROM measurements),"
                           " (SELECT max(seq) FROM measurements)");
    find.executeStep();
    if (find.getColumn(0).isNull()) return std::nullopt;
    SeqRange range{find.getColumn(0).getInt64(), find.getColumn(1).getInt64()};
    if (bounds.after_seq == 0 && bounds.since) {
      auto const first = impl_->edge("min", ">=", *bounds.since);
      if (!first) return std::nullopt;
      range.first = *first;
    }
    range.first = std::max(range.first, bounds.after_seq + 1);
    if (bounds.before_seq != 0) range.last = std::min(range.last, bounds.before_seq - 1);
    return range.first <= range.last ? std::optional(range) : std::nullopt;
  });
}

Result<std::optional<Row>> Reader::by_id(std::string const& id) {
  return impl_->guarded([&]() -> std::optional<Row> {
    SQLite::Statement find(impl_->database, std::string(kRow) + " WHERE m.id = ?");
    find.bind(1, id);
    if (!find.executeStep()) return std::nullopt;
    return row_of(find);
  });
}

Result<std::vector<model::Measurement>> Reader::running() {
  return impl_->guarded([&] {
    std::vector<model::Measurement> measurements;
    SQLite::Statement rows(impl_->database, "SELECT record FROM running ORDER BY started_at, id");
    while (rows.executeStep())
      if (auto m = formats::from_json_line(rows.getColumn(0).getString()))
        measurements.push_back(std::move(*m));
    return measurements;
  });
}

Result<std::optional<WallTime>> Reader::earliest() {
  return impl_->guarded([&]() -> std::optional<WallTime> {
    std::optional<WallTime> first;
    for (auto const* sql :
         {"SELECT min(at) FROM measurements", "SELECT min(launched_at) FROM circuits",
          "SELECT min(created_at) FROM streams"}) {
      SQLite::Statement find(impl_->database, sql);
      find.executeStep();
      if (find.getColumn(0).isNull()) continue;
      auto const time = wall_from_us(find.getColumn(0).getInt64());
      first = first ? std::min(*first, time) : time;
    }
    return first;
  });
}

Result<Version> Reader::version() {
  return impl_->guarded([&] {
    // One statement, so that all parts are of the same moment.
    SQLite::Statement find(
        impl_->database,
        "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'measurements'),"
        " (SELECT value FROM meta WHERE key = 'deleted'),"
        " (SELECT value FROM meta WHERE key = 'created_at'),"
        " max((SELECT value FROM meta WHERE key = 'deleted_at'),"
        "     (SELECT value FROM meta WHERE key = 'created_at'),"
        "     ifnull((SELECT recorded_at FROM measurements ORDER BY seq DESC LIMIT 1), 0))");
    find.executeStep();
    return Version{find.getColumn(0).getInt64(),
                   static_cast<std::uint64_t>(find.getColumn(1).getInt64()),
                   find.getColumn(2).getInt64(), wall_from_us(find.getColumn(3).getInt64())};
  });
}

Result<Totals> Reader::totals() {
  return impl_->guarded([&] {
    return Totals{impl_->number("SELECT count(*) FROM measurements"),
                  impl_->number("SELECT count(*) FROM circuits"),
                  impl_->number("SELECT count(*) FROM streams"),
                  impl_->number("SELECT count(*) FROM raw_events"),
                  impl_->number("SELECT count(*) FROM running")};
  });
}

Result<std::vector<std::string>> Reader::experiments() {
  return impl_->guarded([&] {
    // From name to name through the index, instead of reading every row of it.
    SQLite::Statement names(
        impl_->database,
        "WITH RECURSIVE names(name) AS ("
        " SELECT min(experiment) FROM measurements"
        " UNION ALL"
        " SELECT (SELECT min(experiment) FROM measurements WHERE experiment > name)"
        " FROM names WHERE name IS NOT NULL)"
        "SELECT name FROM names WHERE name IS NOT NULL");
    std::vector<std::string> found;
    while (names.executeStep()) found.push_back(names.getColumn(0).getString());
    return found;
  });
}

Result<std::size_t> Reader::for_each_circuit(
    EventFilter const& filter, std::function<bool(model::Circuit const&)> const& each) {
  return impl_->walk_events<model::Circuit>(
      "circuits", "record", "launched_at", filter,
      [](SQLite::Statement& row) {
        return formats::circuit_from_json(row.getColumn(1).getString());
      },
      each);
}

Result<std::size_t> Reader::for_each_stream(EventFilter const& filter,
                                            std::function<bool(model::Stream const&)> const& each) {
  return impl_->walk_events<model::Stream>(
      "streams", "record", "created_at", filter,
      [](SQLite::Statement& row) {
        return formats::stream_from_json(row.getColumn(1).getString());
      },
      each);
}

Result<std::size_t> Reader::for_each_raw_event(EventFilter const& filter,
                                               std::function<bool(RawEvent const&)> const& each) {
  return impl_->walk_events<RawEvent>(
      "raw_events", "instance, tor_run, at, line", "at", filter,
      [](SQLite::Statement& row) -> Result<RawEvent> {
        return RawEvent{row.getColumn(1).getString(),
                        static_cast<std::uint64_t>(row.getColumn(2).getInt64()),
                        wall_from_us(row.getColumn(3).getInt64()), row.getColumn(4).getString()};
      },
      each);
}

Result<std::size_t> Reader::for_each_guard_choice(
    EventFilter const& filter, std::function<bool(model::GuardChoice const&)> const& each) {
  return impl_->walk_events<model::GuardChoice>(
      "guard_choices", "record", "at", filter,
      [](SQLite::Statement& row) {
        return formats::guard_choice_from_json(row.getColumn(1).getString());
      },
      each);
}

Result<std::vector<model::GuardRanking>> Reader::guard_rankings() {
  return impl_->guarded([&] {
    std::vector<model::GuardRanking> rankings;
    SQLite::Statement rows(impl_->database, "SELECT record FROM guard_rankings ORDER BY instance");
    while (rows.executeStep())
      if (auto ranking = formats::guard_ranking_from_json(rows.getColumn(0).getString()))
        rankings.push_back(std::move(*ranking));
    return rankings;
  });
}

}  // namespace perfd::store
