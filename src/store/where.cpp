#include "store/where.h"

#include "store/reader.h"

namespace perfd::store {

// Rows are walked in the order of their numbers, from a cursor on: with the index of a column of
// several names SQLite would sort every page anew.
void Where::add_one_of(std::string const& column, std::vector<std::string> const& names) {
  if (names.empty()) return;
  sql += names.size() == 1 ? " AND " + column + " IN (?" : " AND +" + column + " IN (?";
  for (std::size_t i = 1; i < names.size(); ++i) sql += ",?";
  sql += ")";
  values.insert(values.end(), names.begin(), names.end());
}

void Where::bind_to(SQLite::Statement& statement) const {
  int index = 0;
  for (auto const& value : values)
    std::visit([&](auto const& each) { statement.bind(++index, each); }, value);
}

void add_columns(Where& where, Filter const& filter) {
  where.add_one_of("m.experiment", filter.experiments);
  where.add_one_of("m.source", filter.sources);
  where.add_one_of("m.target", filter.targets);
  where.add_one_of("m.arm", filter.arms);
  std::vector<std::string> names;
  for (auto const kind : filter.kinds) names.emplace_back(model::name(kind));
  where.add_one_of("m.kind", names);
  names.clear();
  for (auto const code : filter.outcomes) names.emplace_back(model::name(code));
  where.add_one_of("m.outcome", names);
  if (filter.failures_only) where.sql += " AND m.outcome <> 'ok'";
}

}  // namespace perfd::store
