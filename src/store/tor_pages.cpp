#include "store/tor_pages.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <utility>

#include "formats/jsonl.h"
#include "store/database.h"
#include "store/figures_row.h"
#include "store/time_limit.h"
#include "store/where.h"

namespace perfd::store {

struct TorPages::Impl {
  std::filesystem::path path;
  SQLite::Database database;
  Nanos limit;

  template <class Work>
  auto guarded(Work work) -> Result<decltype(work())> {
    try {
      TimeLimit const limited(database, limit);
      return work();
    } catch (SQLite::Exception const& failure) {
      return explain(path, failure);
    }
  }
};

TorPages::TorPages(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TorPages::~TorPages() = default;
TorPages::TorPages(TorPages&&) noexcept = default;
TorPages& TorPages::operator=(TorPages&&) noexcept = default;

Result<TorPages> TorPages::open(std::filesystem::path const& path, Nanos limit) {
  auto database = open_for_reading(path);
  if (!database) return database.error();
  return TorPages(std::unique_ptr<Impl>(new Impl{path, std::move(*database), limit}));
}

Result<std::vector<TorPages::Row>> TorPages::circuits(Page const& page) {
  return impl_->guarded([&] {
    Where where;
    if (page.since) where.add("launched_at >= ?", to_us(*page.since));
    if (page.until) where.add("launched_at < ?", to_us(*page.until));
    if (page.before) {
      where.add("launched_at <= ?", to_us(page.before->first));
      where.add("(launched_at < ?", to_us(page.before->first));
      where.sql += " OR rowid < ?)";
      where.values.emplace_back(page.before->second);
    }
    if (!page.instance.empty()) where.add("+instance = ?", page.instance);
    SQLite::Statement query(impl_->database,
                            "SELECT rowid, record, instance, launched_at FROM circuits "
                            "INDEXED BY circuits_launched_at "
                            "WHERE " +
                                where.sql + " ORDER BY launched_at DESC, rowid DESC LIMIT " +
                                std::to_string(page.most));
    where.bind_to(query);
    std::vector<Row> out;
    while (query.executeStep()) {
      auto circuit = formats::circuit_from_json(query.getColumn(1).getString());
      if (!circuit) {
        // It stands for itself, or a page would seem to be the last one.
        circuit.emplace();
        circuit->instance = query.getColumn(2).getString();
        circuit->launched_at = wall_from_us(query.getColumn(3).getInt64());
      }
      out.push_back({query.getColumn(0).getInt64(), std::move(*circuit)});
    }
    return out;
  });
}

Result<std::vector<CircuitCount>> TorPages::circuit_counts(WallTime since, WallTime until) {
  return impl_->guarded([&] {
    // Whether it was built is in the record alone, which perfd wrote itself: a quote within a text
    // of it is escaped, so no text can look like the field. The flag is tor's word.
    SQLite::Statement query(impl_->database,
                            "SELECT instance,"
                            " CASE WHEN instr(record, '\"built_at\":') > 0 THEN 'built'"
                            "  WHEN failed THEN 'failed' ELSE 'closed' END AS result,"
                            " CASE WHEN instr(record, '\"built_at\":') > 0 THEN ''"
                            "  ELSE ifnull(json_extract(record, '$.reason'), '') END AS reason,"
                            " count(*) FROM circuits INDEXED BY circuits_launched_at"
                            " WHERE launched_at >= ? AND launched_at < ?"
                            " AND instr(record, 'ONEHOP_TUNNEL') = 0"
                            " GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3");
    query.bind(1, to_us(since));
    query.bind(2, to_us(until));
    std::vector<CircuitCount> out;
    while (query.executeStep())
      out.push_back({query.getColumn(0).getString(), query.getColumn(1).getString(),
                     query.getColumn(2).getString(), query.getColumn(3).getInt64()});
    return out;
  });
}

Result<std::vector<model::GuardChoice>> TorPages::guard_choices(WallTime since, WallTime until,
                                                                std::size_t most) {
  return impl_->guarded([&] {
    SQLite::Statement query(impl_->database,
                            "SELECT record FROM guard_choices WHERE at >= ? AND at < ? ORDER BY at "
                            "DESC, seq DESC LIMIT ?");
    query.bind(1, to_us(since));
    query.bind(2, to_us(until));
    query.bind(3, static_cast<std::int64_t>(most));
    std::vector<model::GuardChoice> out;
    while (query.executeStep())
      if (auto choice = formats::guard_choice_from_json(query.getColumn(0).getString()))
        out.push_back(std::move(*choice));
    return out;
  });
}

Result<std::map<std::string, std::string>> TorPages::nicknames() {
  return impl_->guarded([&] {
    std::map<std::string, std::string> out;
    SQLite::Statement query(impl_->database, "SELECT record FROM guard_rankings");
    while (query.executeStep())
      if (auto const ranking = formats::guard_ranking_from_json(query.getColumn(0).getString()))
        for (auto const& guard : ranking->guards) out.emplace(guard.fingerprint, guard.nickname);
    return out;
  });
}

}  // namespace perfd::store
